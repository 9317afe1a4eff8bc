"""Uses a server with Zulip's own client, and prints what it got as JSON: python_client.py SITE EMAIL KEY."""

import json
import sys

import zulip

site, email, key = sys.argv[1:]
client = zulip.Client(email=email, api_key=key, site=site)
queue = client.register(event_types=["message", "reaction"])
sent = client.send_message({"type": "stream", "to": "icinga", "topic": "web1", "content": "**CRIT** - PROBLEM - ä"})
form = {"type": "choices", "heading": "Downtime:", "choices": []}
with_widget = client.send_message(
    {
        "type": "stream",
        "to": "icinga",
        "topic": "web1",
        "content": "with buttons",
        "widget_content": json.dumps({"widget_type": "zform", "extra_data": form}),
    }
)
reacted = client.add_reaction({"message_id": sent["id"], "emoji_name": "check"})
twice = client.add_reaction({"message_id": sent["id"], "emoji_name": "check"})
events = client.get_events(queue_id=queue["queue_id"], last_event_id=-1, dont_block=True)
found = client.get_messages(
    {
        "anchor": "newest",
        "num_before": 10,
        "num_after": 0,
        "narrow": [["stream", "icinga"], ["topic", "web1"]],
        "apply_markdown": False,
    }
)
edited = client.update_message({"message_id": sent["id"], "content": "changed"})
refused = client.update_message({"message_id": with_widget["id"], "content": "changed"})
missing = client.send_message({"type": "stream", "to": "nowhere", "topic": "t", "content": "c"})
subscribed = client.add_subscriptions([{"name": "new"}])
ended = client.deregister(queue["queue_id"])
lost = client.get_events(queue_id=queue["queue_id"], last_event_id=-1, dont_block=True)
print(
    json.dumps(
        {
            "level": client.feature_level,
            "me": client.get_profile()["full_name"],
            "results": [one["result"] for one in (sent, with_widget, reacted, edited, subscribed, ended)],
            "codes": [one["code"] for one in (twice, refused, missing, lost)],
            "events": [event["type"] for event in events["events"]],
            "found": [message["content"] for message in found["messages"]],
            "users": len(client.get_members()["members"]),
            "groups": client.get_user_groups()["user_groups"],
            "streams": [stream["name"] for stream in client.get_streams()["streams"]],
            "emoji": client.get_realm_emoji()["emoji"],
        }
    )
)
