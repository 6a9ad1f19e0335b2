"""Signs in to a running workbench with its link; prints what the shell needs, one a line: the address,
the cookie, and values of the case as JSON. Standard library only."""

import json
import sys
import urllib.request

said = json.load(open(sys.argv[1], encoding="utf-8"))
base = "http://" + said["listening"]
token = said["url"].split("#enter=")[1]
request = urllib.request.Request(
    base + "/api/v1/session",
    json.dumps({"token": token}).encode(),
    {"content-type": "application/json"},
)
with urllib.request.urlopen(request) as answer:
    cookie = answer.headers["set-cookie"].split(";")[0]


def get(path):
    request = urllib.request.Request(base + path, headers={"cookie": cookie})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


items = []
for query in ("in:private", "kind:post", "kind:statement", "kind:event", "kind:article"):
    items += [item["id"] for item in get(f"/api/v1/search?q={query}&limit=3")["items"]]
parties = [party["name"] for party in get("/api/v1/people?limit=6")["parties"]]
print(base)
print(cookie)
print(json.dumps({"items": items, "parties": parties}))
