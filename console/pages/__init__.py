"""The screens, one module per family: views, forms and addresses together."""
