"""Holds `tripline run` against programs of other people, all of them on this machine: the library of Standard Webhooks, the SDK
of CloudEvents, an Alertmanager, promtool, and what the Python library knows of HTTP and mail.

    check_service.py TRIPLINE TRACKS,FENCES...

The tracks are replayed live by `tripline sandbox`. Prints a line for each check and ends with 1 at the first that fails. Takes
about a minute, most of which is the replay and the waits of a webhook receiver that does not answer at first.
"""

import base64
import collections
import contextlib
import datetime
import email
import email.policy
import http.server
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from cloudevents.http import from_http, from_json
from standardwebhooks import Webhook, WebhookVerificationError

from trial import Failure, check, conduct, free_port, passed, process, until

# How much of the tracks is live, in minutes, and how much faster than the clock that is: 20 s.
REPLAY, SPEED = 40, 120
# What the receiver of webhooks does with the first events, and for how long in seconds the third time asks to wait.
FAULTS, RETRY_AFTER = ["answers 500", "hangs", "answers 503"], 4
# How long the service waits for the receiver of webhooks in seconds.
TIMEOUT = 2
# Such events are kept back by a silence from the beginning.
QUIET = "Quiet"
LIMIT = 150


def sink(receiver, kind, *parts):
    """The id of a sink: what tells its destination from others, each part with its length before it."""
    text = "".join(f"{len(part.encode())}:{part}" for part in parts)
    return f"{receiver}/{kind}/{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def request(url, method="GET"):
    """Status, kind and text of an answer; proxies of the environment are not for this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, method=method), timeout=10) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers.get_content_type(), answer.read().decode()
    except OSError as error:
        return 0, "", str(error)


class Receiver:
    """A server that takes webhooks of the service and those of the Alertmanager, and keeps all of them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.webhooks = []  # (moment, headers, body, status that was answered or None)
        self.groups = []
        self.texts = []
        self.strange = []
        self.faults = {}  # by the id of an event
        self.pause = None
        self.ending = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                with outer.lock:
                    outer.texts.append(str(self.headers) + body.decode("utf-8", "replace"))
                if self.path == "/hooks":
                    outer.webhook(self, body)
                elif self.path == "/alertmanager":
                    with outer.lock:
                        outer.groups.append(json.loads(body))
                    outer.answer(self, 200)
                else:
                    with outer.lock:
                        outer.strange.append(self.path)
                    outer.answer(self, 404)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def webhook(self, handler, body):
        moment, name = time.monotonic(), handler.headers.get("webhook-id", "")
        with self.lock:
            fault = None
            if name not in self.faults and len(self.faults) < len(FAULTS):
                fault = self.faults[name] = FAULTS[len(self.faults)]
            status = {None: 200, "answers 500": 500, "hangs": None, "answers 503": 503}[fault]
            self.webhooks.append((moment, dict(handler.headers.items()), body, status))
            if status == 503:
                self.pause = moment
        if status is None:
            self.ending.wait(TIMEOUT + 3)
            handler.close_connection = True
        else:
            self.answer(handler, status)

    @staticmethod
    def answer(handler, status):
        with contextlib.suppress(ConnectionError):
            handler.send_response(status)
            if status == 503:
                handler.send_header("retry-after", str(RETRY_AFTER))
            handler.send_header("content-length", "0")
            handler.end_headers()

    def accepted(self):
        """The events that were answered with 200, in the order of their arrival."""
        with self.lock:
            taken = [(headers, body) for _, headers, body, status in self.webhooks if status == 200]
        return [from_http(headers, body) for headers, body in taken]

    def close(self):
        self.ending.set()
        self.server.shutdown()
        self.server.server_close()


def script(path, text):
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def new_secret():
    return "whsec_" + base64.b64encode(os.urandom(24)).decode()


def verifies(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def is_quiet(event):
    return event.data["rule"]["id"] == QUIET


class Trial:
    """The service among all that it talks to, and the checks in their order."""

    def __init__(self, tripline, sources, folder, stack):
        self.tripline, self.folder, self.stack = os.path.abspath(tripline), folder, stack
        self.tracks = [os.path.abspath(source.split(",")[0]) for source in sources]
        self.fences = [os.path.abspath(source.split(",")[1]) for source in sources]
        self.environment = {name: text for name, text in os.environ.items() if not name.startswith("TRIPLINE_")}
        self.secrets = [new_secret(), new_secret()]
        self.said = []
        self.receiver = Receiver()
        stack.callback(self.receiver.close)
        self.starts = 0
        self.rules = folder / "rules.yaml"
        for name in ("mails", "runs"):
            (folder / name).mkdir()

    def run(self):
        self.start_alertmanager()
        self.make_store()
        self.start_sandbox()
        self.start_service()
        self.check_health()
        self.wait_for_the_replay()
        self.check_webhooks()
        self.check_file()
        self.check_runs()
        self.check_mails()
        self.check_alertmanager()
        self.check_reload()
        self.check_release()
        self.check_commands()
        self.check_metrics()
        self.check_end()
        self.check_secrets()

    # What is there.

    def start(self, name, command, **more):
        log = self.stack.enter_context(open(self.folder / f"{name}.log", "w", encoding="utf-8"))
        return self.stack.enter_context(process([str(word) for word in command], log, env=self.environment, **more))

    def start_sandbox(self):
        sandbox = self.start("sandbox", [
            self.tripline, "sandbox", *self.tracks, "--port", 0, "--replay", f"{REPLAY}m", "--speed", SPEED,
            "--rate-limit", 100_000,
        ], stdout=subprocess.PIPE, text=True)
        lines = [sandbox.stdout.readline() for _ in range(3)]
        self.replayed = time.monotonic() + REPLAY * 60 / SPEED
        for line in lines:
            found = re.fullmatch(r"export (MYCARTRACKS_\w+)=(.*)\n", line)
            check(found, "the sandbox prints its variables", lines)
            self.environment[found[1]] = found[2]

    def start_alertmanager(self):
        port = free_port()
        self.alertmanager = f"http://127.0.0.1:{port}"
        (self.folder / "alertmanager.yml").write_text(json.dumps({
            "route": {
                "receiver": "here", "group_by": ["alertname"], "group_wait": "1s", "group_interval": "1s",
            },
            "receivers": [{
                "name": "here",
                "webhook_configs": [{"url": self.receiver.url + "/alertmanager", "send_resolved": True}],
            }],
        }))
        self.start("alertmanager", [
            "prometheus-alertmanager", f"--config.file={self.folder}/alertmanager.yml",
            f"--storage.path={self.folder}/alertmanager", f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ], stdout=subprocess.DEVNULL)
        until("Alertmanager is ready", 15, lambda: request(self.alertmanager + "/-/ready")[0] == 200)

    def sinks(self):
        return {
            "webhook": sink("dispatch", "webhook", "url", self.receiver.url + "/hooks"),
            "exec": sink("dispatch", "exec", str(self.folder / "exec.sh"), "a word"),
            "file": sink("dispatch", "file", "alerts.ndjson"),
            "alertmanager": sink("oncall", "alertmanager", self.alertmanager),
            "email": sink("office", "email", "one@example.com", "two@example.com"),
        }

    def configuration(self, secrets):
        """JSON, which is YAML too: names of fences need no quotation of our own."""
        exec_script, sendmail = self.folder / "exec.sh", self.folder / "sendmail.sh"
        return json.dumps({
            "version": 1,
            "fence_files": self.fences,
            "rules": [
                {"alert": "In", "when": {"enter": {}}, "labels": {"severity": "info"},
                 "annotations": {"summary": "{{vehicle.name}} → {{fence.name}}"}},
                {"alert": "Out", "when": {"exit": {}}, "labels": {"severity": "page"}},
                {"alert": "Stay", "when": {"dwell": {"longer_than": "4m"}}},
                {"alert": QUIET, "when": {"dwell": {"longer_than": "5m"}}},
            ],
            "receivers": [
                {"name": "dispatch",
                 "webhooks": [{"url": self.receiver.url + "/hooks", "allow_internal": "true",
                               "secret_file": [str(self.folder / name) for name in secrets], "timeout": f"{TIMEOUT}s"}],
                 "execs": [{"command": [str(exec_script), "a word"]}],
                 "files": [{"path": "alerts.ndjson"}]},
                {"name": "oncall", "alertmanagers": [{"url": self.alertmanager}]},
                {"name": "office", "emails": [{
                    "to": ["one@example.com", "two@example.com"], "from": "tripline@example.com",
                    "sendmail": str(sendmail)}]},
            ],
            "route": {"receiver": "dispatch", "routes": [
                {"receiver": "dispatch", "continue": "true"},
                {"receiver": "oncall", "continue": "true", "group_by": ["alertname"], "group_wait": "1s",
                 "group_interval": "1s"},
                {"receiver": "office", "group_by": ["alertname"], "group_wait": "2s", "group_interval": "4s"},
            ]},
            "store": {"path": "alerts.db"},
            "http": {"listen": "127.0.0.1:0"},
            "late": {"silence": "12h", "max_age": "48h"},
        }, ensure_ascii=False, indent=1)

    def make_store(self):
        """A service without an API makes the store, so that a silence is in force before the first alert."""
        for name, secret in zip(("secret", "next-secret"), self.secrets):
            (self.folder / name).write_text(secret + "\n")
        # What is written is there as a whole, or not yet.
        script(self.folder / "exec.sh", f"""part=$(mktemp {self.folder}/runs/XXXXXXXX) || exit 1
{{ printf '%s\\n' "$#" "$1" "$TRIPLINE_ALERT_ID" "$TRIPLINE_EVENT_TYPE"; cat; env; }} >"$part"
mv "$part" "$part.run"
""")
        script(self.folder / "sendmail.sh", f"""part=$(mktemp {self.folder}/mails/XXXXXXXX) || exit 1
[ "$*" = "-t -i" ] || exit 64
cat >"$part"
mv "$part" "$part.eml"
""")
        self.rules.write_text(self.configuration(["secret"]))
        self.environment |= {
            "MYCARTRACKS_BASE_URL": f"http://127.0.0.1:{free_port()}", "MYCARTRACKS_CLIENT_ID": "nobody",
            "MYCARTRACKS_CLIENT_SECRET": "nothing",
        }
        self.start_service()
        until("without an API it is not ready for want of it", 10, lambda: self.checks().get("feed") == "unavailable"
              and self.checks()["store"] == self.checks()["outbox"] == "ok", self.checks)
        check(request(self.http + "/healthz")[0] == 200, "/healthz answers 200", request(self.http + "/healthz"))
        check(request(self.http + "/readyz")[0] == 503, "/readyz answers 503", request(self.http + "/readyz"))
        self.end_service()
        passed("without an API it runs, is healthy and not ready, and ends with status 0")
        self.silence = self.command(
            "silence", "add", f'alertname="{QUIET}"', "--for", "2h", "--comment", "to be looked at").strip()

    def checks(self):
        """What /readyz says of each part."""
        parts = json.loads(request(self.http + "/readyz")[2])["checks"]
        return {name: part["status"] for name, part in parts.items()}

    def start_service(self):
        self.log = self.folder / f"service-{self.starts}.log"
        self.service = self.start(self.log.stem, [
            self.tripline, "run", "--config", self.rules, "--log-format", "json", "--name", "trial",
        ], stdout=subprocess.DEVNULL)
        self.starts += 1
        line = until(
            "health and metrics are served", 20, lambda: self.logged("health and metrics are served"), self.log.read_text)
        self.http = f"http://127.0.0.1:{line['port']}"

    def end_service(self):
        self.service.send_signal(signal.SIGTERM)
        try:
            status = self.service.wait(15)
        except subprocess.TimeoutExpired:
            raise Failure("SIGTERM does not end the service: " + self.log.read_text()) from None
        check(status == 0, "SIGTERM ends with status 0", (status, self.log.read_text()))

    def logged(self, message):
        """The first line of the log with a message; each is JSON."""
        check(self.service.poll() is None, "the service has ended", self.log.read_text())
        return next((record for record in self.records() if record["message"] == message), None)

    def records(self):
        text = self.log.read_text()
        try:
            return [json.loads(line) for line in text.splitlines()]
        except ValueError:
            raise Failure(f"a line of the log is not JSON: {text}") from None

    def command(self, *words):
        """What a command says about the store of the service."""
        done = subprocess.run(
            [self.tripline, *words, "--store", str(self.folder / "alerts.db")], env=self.environment, capture_output=True,
            text=True, check=False, timeout=30)
        self.said.append(done.stdout + done.stderr)
        check(done.returncode == 0, f"tripline {' '.join(words)} ended with {done.returncode}", done.stderr)
        return done.stdout

    def objects(self, *words):
        return [json.loads(line) for line in self.command(*words).splitlines()]

    def metric(self, name):
        """The value of one line of /metrics, or None where it is not there."""
        for line in request(self.http + "/metrics")[2].splitlines():
            if line.startswith(name + " "):
                return float(line.split()[-1])
        return None

    # What is checked.

    def check_health(self):
        until("/readyz answers 200", 20, lambda: request(self.http + "/readyz")[0] == 200,
              lambda: request(self.http + "/readyz"))
        status, kind, text = request(self.http + "/readyz")
        check(kind == "application/json" and json.loads(text)["status"] == "ok", "/readyz", (status, kind, text))
        check(request(self.http + "/healthz")[0] == 200, "/healthz answers 200", request(self.http + "/healthz"))
        passed("/healthz and /readyz answer 200")

    def wait_for_the_replay(self):
        until("the replay is over", REPLAY * 60 / SPEED + 5, lambda: time.monotonic() > self.replayed)
        counts = collections.deque(maxlen=30)

        def nothing_comes():
            counts.append(self.metric('tripline_fixes_total{result="accepted"}'))
            return len(counts) == counts.maxlen and counts[0] == counts[-1] > 0

        until("the last fix has come", 30, nothing_comes, lambda: counts)
        # What failed is tried again after 5 s.
        until("nothing waits any more", 45, lambda: not self.objects(
            "deliveries", "list", "--state", "waiting", "-o", "ndjson"), lambda: self.command("deliveries", "list"))
        check(self.service.poll() is None, "the service runs", self.log.read_text())
        self.events = [from_json(line) for line in self.command("watch", "--once", "-o", "cloudevents").splitlines()]
        check(len(self.events) > 10, "there are alerts", len(self.events))
        self.told = {event["id"] for event in self.events if not is_quiet(event)}
        check(len({event["id"] for event in self.events}) == len(self.events), "an id comes twice in the store")
        vehicles = len({event["partitionkey"] for event in self.events})
        passed(f"watch --once: {len(self.events)} events, vehicles: {vehicles}, as the SDK of CloudEvents reads them")

    def check_webhooks(self):
        with self.receiver.lock:
            webhooks = list(self.receiver.webhooks)
        check(not self.receiver.strange, "requests to another path", self.receiver.strange)
        by_id, retried = collections.defaultdict(list), 0
        for moment, headers, body, status in webhooks:
            event = from_http(headers, body)
            seen = (headers, body)
            check(verifies(self.secrets[0], body, headers), "a webhook is not signed as it should be", seen)
            check(not verifies(self.secrets[0], body + b" ", headers), "another body is verified as well", seen)
            check(not verifies(self.secrets[1], body, headers), "another secret verifies it as well", seen)
            names = {name.lower(): text for name, text in headers.items()}
            check(names["webhook-id"] == event["id"], "webhook-id is the id of the event", seen)
            check(names["content-type"] == "application/cloudevents+json", "content-type", seen)
            by_id[event["id"]].append((moment, body, status))
        for name, attempts in by_id.items():
            fault = self.receiver.faults.get(name)
            check(len(attempts) == (2 if fault else 1), f"attempts of {name}, whose first {fault or 'is taken'}", attempts)
            if fault:
                wait = attempts[1][0] - attempts[0][0]
                check(attempts[0][1] == attempts[1][1], "the body of both attempts is the same", attempts)
                check(4.9 <= wait < 15, f"after one that {fault} it is tried again after 5 s", wait)
                retried += 1
        check(retried == len(FAULTS), "all faults were met", self.receiver.faults)
        pause = self.receiver.pause
        early = [moment - pause for moment, *_ in webhooks if pause + 0.5 < moment < pause + RETRY_AFTER - 0.1]
        check(not early, f"requests within {RETRY_AFTER} s of Retry-After, in seconds", early)
        accepted = [event["id"] for event in self.receiver.accepted()]
        check(set(accepted) == self.told, "webhooks are what was told", set(accepted) ^ self.told)
        last = {}
        for event in self.receiver.accepted():
            key, number = event["partitionkey"], event["sequence"]
            check(last.get(key, "") < number, f"the order of vehicle {key}", (last.get(key), number))
            last[key] = number
        passed(f"{len(webhooks)} webhooks verify with Standard Webhooks and are events for the SDK of CloudEvents")
        passed(f"after 500, no answer, and 503 with Retry-After everything arrives, of each vehicle in its order")

    def lines(self):
        return [from_json(line) for line in (self.folder / "alerts.ndjson").read_text().splitlines()]

    def check_file(self):
        ids = [event["id"] for event in self.lines()]
        check(len(set(ids)) == len(ids), "an id comes twice in the file", ids)
        check(set(ids) == self.told, "the file has what came by webhook", set(ids) ^ self.told)
        passed(f"{len(ids)} lines of the file are the events of the webhooks")

    def check_runs(self):
        ids = []
        for path in (self.folder / "runs").glob("*.run"):
            count, word, alert, kind, text, *environment = path.read_text().splitlines()
            event = from_json(text)
            check((count, word) == ("1", "a word"), "the arguments of the command", (count, word))
            check(alert == event.data["alert"] and kind == event["type"], "TRIPLINE_ variables", (alert, kind, text))
            names = {line.split("=")[0] for line in environment}
            check(not [name for name in names if name.startswith("MYCARTRACKS_")], "the command sees the account", names)
            ids.append(event["id"])
        check(sorted(ids) == sorted(self.told), "the command ran once for each event", set(ids) ^ self.told)
        passed(f"the command ran {len(ids)} times, without the account in its environment")

    def check_mails(self):
        firing = self.still_firing()
        expected = set()
        for event in self.events:
            data = event.data
            if data["alert"] in firing and not is_quiet(event):
                place = data["fence"].get("name", data["fence"]["id"])
                expected.add(f"FIRING {data['rule']['id']}: {data['vehicle']['name']}, {place}")

        def told():
            return {line for _, lines in self.mails() for line in lines}

        # Those who wait for others of their group come last.
        until("the mails carry what fires", 10, lambda: expected <= told(), lambda: expected - told())
        mails = self.mails()
        check(len({name for name, _ in mails}) == len(mails), "two mails have one Message-ID", mails)
        check(any(len(lines) > 1 for _, lines in mails), "no mail has several alerts", mails)
        check(not [line for line in told() if f" {QUIET}:" in line], "a silenced alert is in a mail", told())
        passed(f"{len(mails)} mails parse, and carry {sum(len(lines) for _, lines in mails)} alerts by their rules")

    def mails(self):
        """The id of each mail and its lines that tell of alerts."""
        mails = []
        for path in (self.folder / "mails").glob("*.eml"):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            check(not message.defects, "a mail has defects", (message.defects, path.read_text()))
            headers = {name: str(message[name]) for name in ("from", "to", "auto-submitted", "mime-version")}
            check(headers == {"from": "tripline@example.com", "to": "one@example.com, two@example.com",
                              "auto-submitted": "auto-generated", "mime-version": "1.0"}, "the head of a mail", headers)
            age = datetime.datetime.now(datetime.timezone.utc) - message["date"].datetime
            check(abs(age.total_seconds()) < LIMIT, "the date of a mail", message["date"])
            text, subject = message.get_content(), str(message["subject"])
            lines = [line for line in text.splitlines() if re.match("FIRING |RESOLVED ", line)]
            counts = collections.Counter(line.split()[0] for line in lines)
            found = {name: int(number) for name, number in re.findall(r"(FIRING|RESOLVED):(\d+)", subject)}
            check(found == counts, "a subject counts its alerts", (subject, text))
            rules = {line.split()[1].rstrip(":") for line in lines}
            check(len(rules) == 1 and rules.pop() in subject, "a mail is about one rule", (subject, lines))
            mails.append((str(message["message-id"]), lines))
        return mails

    def still_firing(self):
        """The ids of alerts whose end was not told."""
        over = {event.data["alert"] for event in self.events if event["type"].endswith(".resolved")}
        return {event.data["alert"] for event in self.events} - over

    def check_alertmanager(self):
        firing = self.still_firing()
        expected = {
            event.data["alert"]: event.data["labels"] for event in self.events
            if event.data["alert"] in firing and not is_quiet(event)
        }
        check(len(expected) > 1, "too few alerts fire", expected)

        def active():
            status, _, text = request(self.alertmanager + "/api/v2/alerts?active=true")
            check(status == 200, "the API of Alertmanager", text)
            return {alert["annotations"]["tripline_id"]: alert["labels"] for alert in json.loads(text)}

        until("Alertmanager has what fires", 10, lambda: active() == expected, lambda: (active(), expected))
        notified = set()

        def all_are_notified():
            with self.receiver.lock:
                groups = list(self.receiver.groups)
            for group in groups:
                check(group["version"] == "4" and list(group["groupLabels"]) == ["alertname"], "a notification", group)
                notified.update(alert["annotations"]["tripline_id"] for alert in group["alerts"])
            return groups if set(expected) <= notified else None

        groups = until("Alertmanager has told of what fires", 10, all_are_notified, lambda: set(expected) - notified)
        check(max(len(group["alerts"]) for group in groups) > 1, "no notification has several alerts", groups)
        check(any(alert["status"] == "resolved" for group in groups for alert in group["alerts"]),
              "Alertmanager has told of no end", groups)
        quiet = {event.data["alert"] for event in self.events if is_quiet(event)}
        check(not quiet & notified, "Alertmanager was told of silenced alerts", quiet & notified)
        passed(f"{len(expected)} alerts fire in Alertmanager, which has sent {len(groups)} grouped notifications")

    def reloads(self):
        return tuple(self.metric(f'tripline_reloads_total{{result="{result}"}}') for result in ("succeeded", "failed"))

    def check_reload(self):
        before = self.reloads()[0]
        self.rules.write_text(self.configuration(["secret"]).replace('"4m"', '"4"'))
        self.service.send_signal(signal.SIGHUP)
        until("a bad configuration is refused", 10, lambda: self.reloads() == (before, 1), self.reloads)
        line = until("the log says so", 5, lambda: self.logged("the configuration stays as it was"), self.log.read_text)
        check(line["level"] == "error" and "longer_than" in line["reason"], "the reason of a bad configuration", line)
        status, kind, text = request(self.http + "/-/reload", "POST")
        check(status == 500 and kind == "application/problem+json" and "longer_than" in json.loads(text)["detail"],
              "POST /-/reload of a bad configuration", (status, kind, text))
        self.rules.write_text(self.configuration(["next-secret", "secret"]))
        self.service.send_signal(signal.SIGHUP)
        until("a good configuration is taken", 10, lambda: self.reloads() == (before + 1, 2), self.reloads)
        check(self.logged("the configuration was loaded anew"), "the log says so", self.log.read_text())
        check(request(self.http + "/readyz")[0] == 200, "/readyz answers 200 afterwards")
        passed("a bad configuration changes nothing, a good one is taken at SIGHUP")

    def check_release(self):
        quiet = [event for event in self.events if is_quiet(event)]
        held = {event["id"] for event in quiet if event["type"].endswith(".firing")}
        released = {event["id"] for event in quiet if event.data["alert"] in self.still_firing()}
        check(released, "no silenced alert still fires", [event.data["alert"] for event in quiet])
        check(self.metric('tripline_suppressed_total{reason="silence"}') >= len(held), "silenced alerts are counted")
        listed = self.objects("silence", "list", "-o", "ndjson")
        check([silence["id"] for silence in listed] == [self.silence], "silence list", listed)
        with self.receiver.lock:
            count = len(self.receiver.webhooks)
        self.command("silence", "expire", self.silence)
        expected = self.told | released

        def ids():
            return {event["id"] for event in self.receiver.accepted()}

        until("the end of a silence releases what fires", 10, lambda: expected <= ids(), lambda: expected - ids())
        until("it is in the file too", 10, lambda: {event["id"] for event in self.lines()} == expected,
              lambda: {event["id"] for event in self.lines()} ^ expected)
        check(ids() == expected, "what was over by then is told of after all", ids() - expected)
        with self.receiver.lock:
            since = self.receiver.webhooks[count:]
        for _, headers, body, _ in since:
            check(all(verifies(secret, body, headers) for secret in self.secrets), "not signed with both secrets", headers)
        check(not self.objects("silence", "list", "-o", "ndjson"), "an ended silence is listed")
        passed(f"a silence has kept back {len(held)} alerts; of those the {len(released)} that fire come at its end, "
               "signed with both secrets")

    def check_commands(self):
        left = self.objects("deliveries", "list", "-o", "ndjson")
        check(not left, "something waits or was given up", left)
        sinks = collections.Counter(
            delivery["sink"]
            for delivery in self.objects("deliveries", "list", "--state", "delivered", "--limit", "100000", "-o", "ndjson"))
        count = len({event["id"] for event in self.receiver.accepted()})
        ids = self.sinks()
        check(sinks[ids["webhook"]] == sinks[ids["file"]] == sinks[ids["exec"]] == count,
              "deliveries list has each event for each sink", (sinks, count))
        mails = len(list((self.folder / "mails").glob("*.eml")))
        check(sinks[ids["email"]] == mails, "deliveries list has each mail", (sinks, mails))
        by_fault = {fault: name for name, fault in self.receiver.faults.items()}
        for fault, words in zip(FAULTS, ("HTTP 500", "timed out after 2 s", "HTTP 503")):
            event = next(event for event in self.events if event["id"] == by_fault[fault])
            text = self.command("explain", event.data["alert"])
            check(words in text and ids["webhook"] in text, f"explain of one that {fault} has {words}", text)
        quiet = next(event for event in self.events if is_quiet(event))
        text = self.command("explain", quiet.data["alert"])
        check("silence" in text, "explain says that an alert was silenced", text)
        passed("deliveries list and explain tell of each attempt and of the silence")

    def check_metrics(self):
        count = len({event["id"] for event in self.receiver.accepted()})
        for outcome, expected in (("postponed", len(FAULTS)), ("dead", 0), ("disabled", 0), ("delivered", count)):
            name = f'tripline_deliveries_total{{sink="{self.sinks()["webhook"]}",outcome="{outcome}"}}'
            check(self.metric(name) == expected, f"{name} is {expected}", self.metric(name))
        for name_of_sink in self.sinks().values():
            for outcome in ("delivered", "postponed", "dead", "disabled"):
                name = f'tripline_deliveries_total{{sink="{name_of_sink}",outcome="{outcome}"}}'
                check(self.metric(name) is not None, "a counter does not stand at 0 from the start", name)
            for name in ("outbox_waiting", "outbox_oldest_seconds", "dead_letters"):
                gauge = f'tripline_{name}{{sink="{name_of_sink}"}}'
                # What waits is counted anew every few seconds.
                until(f"{gauge} is 0", 15, lambda gauge=gauge: self.metric(gauge) == 0, lambda: self.metric(gauge))
        path = self.folder / "metrics.txt"
        path.write_text(request(self.http + "/metrics")[2])
        done = subprocess.run(
            [pathlib.Path(__file__).parent / "check_metrics.sh", path], capture_output=True, text=True, check=False)
        check(done.returncode == 0 and not done.stderr, "promtool has something to say", done.stdout + done.stderr)
        passed(f"promtool: {done.stdout.strip().splitlines()[-1]}")

    def check_end(self):
        self.end_service()
        levels = collections.Counter(record["level"] for record in self.records())
        # The two configurations that were bad.
        check(levels["error"] == 2 and levels["critical"] == 0, "errors in the log", self.log.read_text())
        passed("SIGTERM ends it with status 0")

    def check_secrets(self):
        client = self.environment["MYCARTRACKS_CLIENT_SECRET"]
        check(len(client) > 7, "the client's secret is one that can be looked for", client)
        needles = [client.encode()]
        for secret in self.secrets:
            needles += [secret[6:].encode(), base64.b64decode(secret[6:])]
        with self.receiver.lock:
            texts = [("a request", text.encode()) for text in self.receiver.texts]
        texts += [("an answer of a command", text.encode()) for text in self.said]
        own = {self.folder / "secret", self.folder / "next-secret"}
        texts += [
            (path.name, path.read_bytes()) for path in self.folder.rglob("*") if path.is_file() and path not in own
        ]
        for name, text in texts:
            check(not any(needle in text for needle in needles), "a secret is in", name)
        check(any(name == "alerts.db" for name, _ in texts), "the store is not where it should be")
        passed(f"no secret in {len(texts)} logs, files, requests and answers")


def main():
    tripline, sources = sys.argv[1], sys.argv[2:]
    conduct("check_service", "the service and its peers", LIMIT,
            lambda folder, stack: Trial(tripline, sources, folder, stack).run())


main()
