"""Listens with Zulip's own client until somebody says "end": python_listener.py SITE EMAIL KEY.

Prints a line for each message: its text, as JSON."""

import json
import sys

import zulip

site, email, key = sys.argv[1:]


def tell(message):
    print(json.dumps(message["content"]), flush=True)
    if message["content"] == "end":
        sys.exit(0)


zulip.Client(email=email, api_key=key, site=site).call_on_each_message(tell)
