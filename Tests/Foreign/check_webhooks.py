"""Verifies recorded requests of webhooks with the library of Standard Webhooks.

check_webhooks.py SECRET REQUESTS

REQUESTS has a line of JSON for each request, {"headers": {...}, "body": "..."}. They must not be older than five
minutes: the library takes nothing older.
"""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def refused(webhook, body, headers):
    try:
        webhook.verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


def main():
    secret, path = sys.argv[1], sys.argv[2]
    webhook = Webhook(secret)
    with open(path, encoding="utf-8") as lines:
        requests = [json.loads(line) for line in lines if line.strip()]
    if not requests:
        sys.exit("there are no requests")
    wrong = 0
    for request in requests:
        headers = {name.lower(): value for name, value in request["headers"].items()}
        name = headers.get("webhook-id", "a request without webhook-id")
        if refused(webhook, request["body"], headers):
            print(f"{name}: the signature is not that of the body", file=sys.stderr)
            wrong += 1
        elif not refused(webhook, request["body"] + " ", headers):
            print(f"{name}: another body is taken as well", file=sys.stderr)
            wrong += 1
        elif headers["webhook-id"] != json.loads(request["body"])["id"]:
            print(f"{name}: the event has another id", file=sys.stderr)
            wrong += 1
    print(f"{len(requests) - wrong} of {len(requests)} requests, as the library of Standard Webhooks verifies them")
    sys.exit(1 if wrong else 0)


main()
