"""Asks with Zulip's own client until it is refused: python_limited.py SITE EMAIL KEY.

Prints how often it was answered, and the refusal, as JSON."""

import json
import sys

import zulip

site, email, key = sys.argv[1:]
client = zulip.Client(email=email, api_key=key, site=site)
answered = 0
while (reply := client.get_profile())["result"] == "success":
    answered += 1
print(json.dumps({"answered": answered, "refusal": reply}))
