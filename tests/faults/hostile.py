"""Sixty texts for F37: what becomes of each at every door.

REFUSED: no door takes them, and the field is named. STOPPED: they can be drafted, never approved.
SPOKEN: approved like any other, they reach the carrier to the byte.
"""

REFUSED, STOPPED, SPOKEN = "refused", "stopped", "spoken"

TEXTS: dict[str, tuple[str, str]] = {
    # What nobody sees, nobody approved.
    "right-to-left override": (REFUSED, "Acme \u202egnp.exe"),
    "left-to-right override": (REFUSED, "Acme \u202dabc"),
    "right-to-left embedding": (REFUSED, "Acme \u202babc"),
    "left-to-right embedding": (REFUSED, "Acme \u202aabc"),
    "end of a direction": (REFUSED, "Acme \u202cabc"),
    "left-to-right isolate": (REFUSED, "Acme \u2066abc"),
    "right-to-left isolate": (REFUSED, "Acme \u2067abc"),
    "first strong isolate": (REFUSED, "Acme \u2068abc"),
    "end of an isolate": (REFUSED, "Acme \u2069abc"),
    "NUL": (REFUSED, "Acme\x00"),
    "bell": (REFUSED, "Acme\x07"),
    "escape": (REFUSED, "Acme\x1b[31m"),
    "delete": (REFUSED, "Acme\x7f"),
    "a control of the upper half": (REFUSED, "Acme\x85here"),
    "line break": (REFUSED, "Acme\nhere"),
    "carriage return": (REFUSED, "Acme\rhere"),
    "tab": (REFUSED, "Acme\there"),
    "line separator": (REFUSED, "Acme\u2028here"),
    "paragraph separator": (REFUSED, "Acme\u2029here"),
    "zero width space": (REFUSED, "Ac\u200bme"),
    "word joiner": (REFUSED, "Ac\u2060me"),
    "byte order mark": (REFUSED, "Acme\ufeffhere"),
    "soft hyphen": (REFUSED, "Ac\u00adme"),
    "tag characters": (REFUSED, "Acme\U000e0041\U000e0042"),
    "no character": (REFUSED, "Acme \uffff"),
    "never assigned": (REFUSED, "Acme \ufdd0"),
    "not assigned yet": (REFUSED, "Acme \U0003fffd"),
    "private use": (REFUSED, "Acme \ue000"),
    "private use far away": (REFUSED, "Acme \U0010fffd"),
    "an annotation": (REFUSED, "Acme \ufff9a\ufffab\ufffb"),
    "ten thousand characters": (REFUSED, "Acme " + "x" * 9_995),
    "one character too many": (REFUSED, "Acme " + "x" * 496),
    "normal form too long": (REFUSED, "Acme " + "\U0001d160" * 170),
    "a bomb of marks": (REFUSED, "Acme q" + "\u0300\u0323" * 100),
    "seven marks on a letter": (REFUSED, "Acme q" + "\u0323" * 7),
    # What looks like one thing and is another.
    "five marks on a letter": (STOPPED, "Acme q" + "\u0323" * 5),
    "a Cyrillic letter": (STOPPED, "Acme, your pаrcel"),
    "a Greek letter": (STOPPED, "Acme, your οrder"),
    "the business in Cyrillic": (STOPPED, "Асме calling"),
    "the business in full width": (STOPPED, "Ａｃｍｅ calling"),
    "the business in mathematics": (STOPPED, "𝐀𝐜𝐦𝐞 calling"),
    "the business unnamed": (STOPPED, "Guess who"),
    # What is text, and obeyed by nobody.
    "a script": (SPOKEN, "Acme <script>alert(1)</script>"),
    "an attribute's end": (SPOKEN, "Acme \"><img src=x onerror='alert(1)'>"),
    "a textarea's end": (SPOKEN, "Acme </textarea><svg/onload=alert(1)>"),
    "an entity": (SPOKEN, "Acme &lt;b&gt;&amp;lt;"),
    "speech markup": (SPOKEN, 'Acme <speak><break time="9s"/></speak>'),
    "an XML entity": (SPOKEN, "Acme <!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc'>]>"),
    "a formula": (SPOKEN, "=HYPERLINK('https://x.example') + Acme"),
    "a database's words": (SPOKEN, "Acme'; DROP TABLE calls; --"),
    "a percent sign": (SPOKEN, "Acme %s %(name)s %d"),
    "a backslash": (SPOKEN, "Acme \\u202e \\x00 \\n"),
    "a very long word": (SPOKEN, "Acme " + "x" * 495),
    "accents of their own": (SPOKEN, "Acme Cafe\u0301 re\u0301sume\u0301"),
    "Arabic": (SPOKEN, "Acme: مرحبا، طلبك في الطريق"),
    "Hebrew": (SPOKEN, "Acme: שלום, ההזמנה בדרך"),
    "Arabic with its marks of direction": (SPOKEN, "Acme\u200f مرحبا\u200e 24"),
    "Persian with its joiner": (SPOKEN, "Acme می\u200cخواهم"),
    "a family of one picture": (SPOKEN, "Acme 👩\u200d👩\u200d👧"),
    "every script at once": (SPOKEN, "Acme 東京 Москва Αθήνα दिल्ली 서울 กรุงเทพ"),
}
# Refused while they are written: approved, they would be spoken as they stand.
TEMPLATES = ("Acme {{ 6|add:7 }}", "Acme {% debug %}", "Acme {First}", "Acme { x }", "Acme }{")
