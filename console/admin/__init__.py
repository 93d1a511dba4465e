"""The Django admin: tenants, people, keys, and what may be looked at. Every write is a verb of the domain."""

from console.admin import accounts as accounts
from console.admin import keys as keys
from console.admin import pauses as pauses
from console.admin import people as people
from console.admin import records as records
from console.admin import routes as routes
from console.admin import tenants as tenants
