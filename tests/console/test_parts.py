"""The shared parts: each shows what it is given, safely, and says it to everybody."""

from datetime import UTC, datetime
from types import SimpleNamespace as Thing
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string

from console.charts import Bucket, sparkline, stacked_bars

NOW = datetime(2026, 11, 24, 14, 5, 9, tzinfo=UTC)


class Asking(forms.Form):
    to = forms.CharField(label="Who is called", help_text="Any spelling.")
    note = forms.CharField(label="Note", required=False)
    when = forms.ChoiceField(
        label="When", widget=forms.RadioSelect, choices=[("now", "Now"), ("at", "At a time")]
    )
    sure = forms.BooleanField(label="I am sure", required=False)


def part(name: str, **context: Any) -> str:
    return render_to_string(f"parts/{name}.html", context)


def field(name: str, **data: str) -> str:
    return part("field", field=Asking(data)[name] if data else Asking()[name])


def test_a_field_names_its_help_to_screen_readers() -> None:
    html = field("to")
    assert 'aria-describedby="id_to_helptext"' in html
    assert '<p class="field-help" id="id_to_helptext">Any spelling.</p>' in html


def test_an_error_is_tied_to_its_field() -> None:
    html = field("to", note="x")
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_to_helptext id_to_error"' in html
    assert 'id="id_to_error"' in html and "This field is required." in html


def test_what_was_typed_stays() -> None:
    assert 'value="soon"' in field("note", note="soon")


def test_optional_fields_say_so() -> None:
    assert "optional" in field("note")
    assert "optional" not in field("to")


def test_choices_are_one_group_with_a_name() -> None:
    html = field("when")
    assert "<fieldset" in html and "<legend" in html
    assert html.count('type="radio"') == 2


def test_a_checkbox_stands_before_its_label() -> None:
    html = field("sure")
    assert html.index('type="checkbox"') < html.index("I am sure")


def test_help_may_hold_what_somebody_typed() -> None:
    html = part("field", field=Asking()["to"], help="It becomes <script>.")
    assert "It becomes &lt;script&gt;." in html


def test_errors_of_the_whole_form_stand_above() -> None:
    form = Asking({"to": "1", "when": "now"})
    form.add_error(None, "Fill the placeholder “day”.")
    assert 'role="alert"' in part("form_errors", form=form)
    assert part("form_errors", form=Asking()).strip() == ""


def test_messages_are_announced() -> None:
    html = part("messages", messages=[Message(constants.ERROR, "The route is off.")])
    assert 'role="status"' in html
    assert 'data-tone="stop"' in html and "The route is off." in html


def test_a_notice_can_come_out_of_band() -> None:
    assert 'hx-swap-oob="beforeend:#messages"' in part("notice", text="Done.", oob=True)
    assert "hx-swap-oob" not in part("notice", text="Done.")


def test_a_tile_leads_somewhere() -> None:
    html = part("tile", label="Failed", value="18", href="/x", spark=sparkline([1, 2]))
    assert html.strip().startswith('<a href="/x" class="tile"')
    assert "<polyline" in html


def test_a_tile_without_a_way_is_no_link() -> None:
    assert "<a" not in part("tile", label="Failed", value="18")


def test_a_chart_has_a_table_beside_it() -> None:
    bucket = Bucket("9", "09:00–10:00 EST", {"reached": 1200}, "?hour=9")
    chart = stacked_bars(title="Calls", buckets=[bucket], series=[("reached", "Reached")])
    html = part("chart", chart=chart)
    assert 'role="img" aria-label="Calls"' in html
    assert '<th scope="row"><a href="?hour=9">09:00–10:00 EST</a></th>' in html
    assert "<td data-num>1,200</td>" in html


def test_a_chart_of_nothing_says_so() -> None:
    chart = stacked_bars(title="Calls", buckets=[], series=[])
    assert "No calls in this time" in part("chart", chart=chart)


def test_an_empty_list_says_why_and_offers_one_way_on() -> None:
    html = part("empty", title="No calls yet", text="Place one.", href="/new", action="New call")
    assert "No calls yet" in html
    assert html.count("<a ") == 1


def test_the_pager_works_without_scripts() -> None:
    html = part("pager", older="?after=k9", target="rows", shown=25, total=12904)
    assert 'href="?after=k9" hx-get="?after=k9" hx-target="#rows"' in html
    assert "25 of 12,904" in html and "Newer" not in html


def test_gates_are_told_in_words_not_only_colours() -> None:
    gates = [Thing(name="Hours", verdict="wait", saw="06:05 there", rule="R 1", retry_at=NOW)]
    html = part("gates", gates=gates, zone="America/New_York", viewer_zone="Europe/Berlin")
    assert 'data-tone="wait"' in html and ">Wait</span>" in html
    assert "06:05 there" in html and "R 1" in html
    assert html.index("09:05") < html.index("15:05")


def verdict(**changes: Any) -> str:
    facts = {
        "outcome": "pass",
        "headline": "This call may be placed",
        "number": "+15555555678",
        "callee_zones": ["America/New_York"],
        "at": NOW,
        "words": "Hi <Maria>",
        "words_by": "Omar",
        "caller_id": "+15555551234",
    }
    return part("verdict", verdict={**facts, **changes}, viewer_zone="Europe/Berlin")


def test_a_verdict_shows_who_hears_what_from_whom() -> None:
    html = verdict()
    assert "+1 555-555-5678" in html and "+1 555-555-1234" in html
    assert "Hi &lt;Maria&gt;" in html and "Approved by Omar" in html


def test_a_verdict_puts_their_clock_first() -> None:
    html = verdict()
    assert html.index("09:05") < html.index("15:05")


def test_a_verdict_is_announced_and_toned() -> None:
    assert 'data-tone="go"' in verdict() and "<h2 data-announce>" in verdict()
    assert 'data-tone="stop"' in verdict(outcome="block")


def test_before_anything_is_asked_the_verdict_is_mute() -> None:
    html = part("verdict", verdict={"outcome": "", "headline": "Type a number"})
    assert 'data-tone="mute"' in html and "Gates" not in html


def test_a_number_in_two_zones_shows_both() -> None:
    html = verdict(callee_zones=["America/New_York", "America/Chicago"])
    assert "New York" in html and "Chicago" in html and "any of these" in html


def test_a_timeline_says_the_day_once() -> None:
    steps = [Thing(at=NOW, what="Asked for"), Thing(at=NOW, what="It rings", data="{<}")]
    html = part("timeline", steps=steps, zone="America/New_York")
    assert html.count("24 Nov") == 1 and html.count("09:05:09") == 2
    assert "{&lt;}" in html


def test_a_diff_marks_both_sides() -> None:
    before = [Thing(text="Acme", kind="gone"), Thing(text=" calls", kind="same")]
    after = [Thing(text="Acme Dental", kind="new"), Thing(text=" calls", kind="same")]
    html = part("diff", before=before, after=after, before_name="Was", after_name="Is")
    assert ">Acme</del>" in html and ">Acme Dental</ins>" in html


def test_a_first_text_is_not_all_new() -> None:
    html = part("diff", after=[Thing(text="Hello", kind="new")], after_name="Proposed")
    assert "<ins" not in html and "Hello" in html


def test_facts_without_a_value_are_a_dash() -> None:
    assert "<dt>Reference</dt><dd>–</dd>" in part("facts", facts=[("Reference", "")])


def test_something_to_copy_names_itself() -> None:
    html = part("copy", value="CA01", label="call id")
    assert 'data-copy="CA01"' in html and "Copy call id" in html


def test_new_rows_wait_to_be_asked_for() -> None:
    assert "3 new" in part("news", count=3, href="?", target="rows")
    assert "<a" not in part("news", count=0)


def test_progress_is_counted() -> None:
    assert "4,120 / 10,000" in part("progress", value=4120, of=10000, label="Sending")
