"""Holds `tripline run` against the broker, the subscriber and the tools of Eclipse Mosquitto, all of them on this machine.

    check_mqtt.py TRIPLINE TRACKS,FENCES

TRIPLINE is built with the package trait MQTT. The tracks are replayed live by `tripline sandbox`. Meanwhile the broker is ended
and started again. Prints a line for each check and ends with 1 at the first that fails. Takes half a minute, most of which is
the replay.
"""

import collections
import getpass
import json
import os
import re
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time

from trial import Failure, check, conduct, end, free_port, passed, process, until

# How much of the tracks is live, in minutes, and how much faster than the clock that is: 20 s.
REPLAY, SPEED = 40, 120
LIMIT = 120
PASSWORD, WRONG_PASSWORD = "synthetic-pa55word", "synthetic-wr0ngword"
# The receivers that arrive, by the topic of each and its quality of service, and what the others are told.
TOPICS = {"plain": ("fleet/alerts/plain", 1), "sealed": ("fleet/alerts/sealed", 2), "quick": ("fleet/alerts/quick", 0)}
REFUSALS = {
    "wrong": "127.0.0.1 refuses the connection: not authorised",
    "barred": "127.0.0.1 does not take the event: not authorised",
    "untrusting": "no TLS with 127.0.0.1: a certificate is not believed in",
    "silent": "timed out after 1 s",
    "deaf": "connection refused",
}


def accepts(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class OldBroker(socketserver.StreamRequestHandler):
    """As much of a broker of MQTT 3.1.1 as it takes to be sent messages: to a connection of MQTT 5 it says so."""

    levels, bodies = [], []

    def packet(self):
        kind, length, shift = self.rfile.read(1), 0, 0
        while kind:
            byte = self.rfile.read(1)[0]
            length, shift = length | (byte & 127) << shift, shift + 7
            if byte < 128:
                return kind[0], self.rfile.read(length)
        return None

    def handle(self):
        while packet := self.packet():
            kind, body = packet
            if kind >> 4 == 1:
                self.levels.append(body[6])
                self.wfile.write(bytes([0x20, 2, 0, 0 if body[6] == 4 else 1]))
                if body[6] != 4:
                    return
            elif kind >> 4 == 3:
                check(kind & 6 == 2, "quality of service 1 is what is sent where nothing is said", kind)
                rest = body[2 + int.from_bytes(body[:2], "big"):]
                self.bodies.append(rest[2:])
                self.wfile.write(bytes([0x40, 2]) + rest[:2])
            elif kind >> 4 == 12:
                self.wfile.write(bytes([0xD0, 0]))


class Silent(socketserver.BaseRequestHandler):
    """Takes connections and never answers."""

    def handle(self):
        while self.request.recv(4096):
            pass


class Trial:
    """The service and its brokers, and the checks in their order."""

    def __init__(self, tripline, source, folder, stack):
        self.tripline, self.folder, self.stack = os.path.abspath(tripline), folder, stack
        self.tracks, self.fences = (os.path.abspath(path) for path in source.split(","))
        self.environment = {name: text for name, text in os.environ.items() if not name.startswith("TRIPLINE_")}
        self.environment["BROKER_PASSWORD"] = WRONG_PASSWORD
        self.said = []
        self.port, self.tls_port = free_port(), free_port()

    def run(self):
        self.make_certificates()
        self.configure_broker()
        self.start_broker()
        self.start_subscriber()
        self.start_sandbox()
        self.start_service()
        self.check_first_messages()
        self.check_broker_away()
        self.check_messages()
        self.check_refusals()
        self.check_old_broker()
        self.check_end()
        self.check_secrets()

    # What is there.

    def log(self, name):
        return self.stack.enter_context(open(self.folder / f"{name}.log", "a", encoding="utf-8"))

    def start(self, name, command, **more):
        return self.stack.enter_context(process(command, self.log(name), env=self.environment, **more))

    def server(self, handler):
        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        server = self.stack.enter_context(Server(("127.0.0.1", 0), handler))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.stack.callback(server.shutdown)
        return server.server_address[1]

    def make_certificates(self):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=synthetic authority", "-days", "2")
        openssl("req", *key, "-keyout", "broker.key", "-out", "broker.csr", "-subj", "/CN=127.0.0.1")
        (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", "names", "-out", "broker.pem")

    def configure_broker(self):
        passwords = self.folder / "passwords"
        passwords.touch(mode=0o600)
        subprocess.run(["mosquitto_passwd", "-b", passwords, "tripline", PASSWORD], check=True)
        subprocess.run(["mosquitto_passwd", "-b", passwords, "reader", PASSWORD], check=True)
        (self.folder / "password").write_text(PASSWORD + "\n")
        (self.folder / "acl").write_text(
            "user tripline\ntopic write fleet/alerts/#\nuser reader\ntopic read fleet/alerts/#\n")
        # What subscribers have not been sent survives its end.
        (self.folder / "mosquitto.conf").write_text(f"""user {getpass.getuser()}
listener {self.port} 127.0.0.1
listener {self.tls_port} 127.0.0.1
certfile {self.folder}/broker.pem
keyfile {self.folder}/broker.key
allow_anonymous false
password_file {passwords}
acl_file {self.folder}/acl
persistence true
persistence_location {self.folder}/
""")

    def start_broker(self):
        self.broker = self.start("broker", ["mosquitto", "-c", self.folder / "mosquitto.conf"])
        until("the broker listens", 10, lambda: accepts(self.port), (self.folder / "broker.log").read_text)

    def start_subscriber(self):
        self.received = self.folder / "received"
        output = self.stack.enter_context(open(self.received, "w", encoding="utf-8"))
        # One that is known to the broker while it is away itself.
        self.start("subscriber", [
            "mosquitto_sub", "-h", "127.0.0.1", "-p", self.port, "-u", "reader", "-P", PASSWORD, "-V", "mqttv5", "-q", 2,
            "-i", "reader", "-c", "-x", 3600, "-t", "fleet/alerts/#", "-F", "%t %q %r %C %p",
        ], stdout=output)
        until("the subscriber is there", 10, lambda: "as reader" in (self.folder / "broker.log").read_text(),
              (self.folder / "broker.log").read_text)

    def start_sandbox(self):
        sandbox = self.start("sandbox", [
            self.tripline, "sandbox", self.tracks, "--port", 0, "--replay", f"{REPLAY}m", "--speed", SPEED,
            "--rate-limit", 100_000,
        ], stdout=subprocess.PIPE, text=True)
        lines = [sandbox.stdout.readline() for _ in range(3)]
        self.replayed = time.monotonic() + REPLAY * 60 / SPEED
        for line in lines:
            found = re.fullmatch(r"export (MYCARTRACKS_\w+)=(.*)\n", line)
            check(found, "the sandbox prints its variables", lines)
            self.environment[found[1]] = found[2]

    def configuration(self):
        """JSON, which is YAML too."""
        access = {"host": "127.0.0.1", "port": self.port, "username": "tripline", "password_file": "password"}
        (plain, _), (sealed, _), (quick, _) = TOPICS.values()
        brokers = {
            "plain": access | {"topic": plain},
            "sealed": access | {"port": self.tls_port, "topic": sealed, "qos": 2, "tls": {"ca_file": "ca.pem"}},
            "quick": access | {"topic": quick, "qos": 0},
            "old": {"host": "127.0.0.1", "port": self.server(OldBroker), "topic": "alerts"},
            "wrong": {"host": "127.0.0.1", "port": self.port, "topic": plain, "username": "tripline",
                      "password_env": "BROKER_PASSWORD"},
            "barred": access | {"topic": "fleet/elsewhere"},
            "untrusting": access | {"port": self.tls_port, "topic": sealed, "tls": "true"},
            "silent": {"host": "127.0.0.1", "port": self.server(Silent), "topic": "alerts", "timeout": "1s"},
            "deaf": {"host": "127.0.0.1", "port": free_port(), "topic": "alerts"},
        }
        return json.dumps({
            "version": 1,
            "fence_files": [self.fences],
            "rules": [
                {"alert": "In", "when": {"enter": {}}}, {"alert": "Out", "when": {"exit": {}}},
                {"alert": "Stay", "when": {"dwell": {"longer_than": "4m"}}},
            ],
            "receivers": [{"name": name, "mqtts": [broker]} for name, broker in brokers.items()],
            "route": {"receiver": "plain", "routes": [{"receiver": name, "continue": "true"} for name in brokers]},
            "store": {"path": "alerts.db"},
            "http": {"listen": "127.0.0.1:0"},
            "late": {"silence": "12h", "max_age": "48h"},
        }, indent=1)

    def start_service(self):
        rules = self.folder / "rules.yaml"
        rules.write_text(self.configuration())
        self.service = self.start("service", [
            self.tripline, "run", "--config", rules, "--log-format", "json", "--name", "trial",
        ], stdout=subprocess.DEVNULL)
        until("the service has made its store", 20, (self.folder / "alerts.db").exists,
              (self.folder / "service.log").read_text)

    def command(self, *words):
        """What a command says about the store of the service."""
        done = subprocess.run(
            [self.tripline, *words, "--store", str(self.folder / "alerts.db")], env=self.environment, capture_output=True,
            text=True, check=False, timeout=30)
        self.said.append(done.stdout + done.stderr)
        check(done.returncode == 0, f"tripline {' '.join(words)} ended with {done.returncode}", done.stderr)
        return done.stdout

    def deliveries(self, receiver, *states):
        """The deliveries to a receiver in some states."""
        found = []
        for state in states:
            lines = self.command("deliveries", "list", "--state", state, "--limit", "100000", "-o", "ndjson").splitlines()
            found += [json.loads(line) for line in lines]
        return [delivery for delivery in found if delivery["sink"].startswith(f"{receiver}/mqtt")]

    def messages(self, topic):
        """The messages of a topic: quality of service, whether retained, kind, and event; none half written."""
        lines = self.received.read_text().split("\n")[:-1]
        parts = [line.split(" ", 4) for line in lines]
        return [(part[1], part[2], part[3], json.loads(part[4])) for part in parts if part[0] == topic]

    def ids(self, name):
        return [event["id"] for _, _, _, event in self.messages(TOPICS[name][0])]

    # What is checked.

    def check_first_messages(self):
        until("messages arrive", 30, lambda: all(self.ids(name) for name in TOPICS),
              (self.folder / "service.log").read_text)
        passed("messages arrive, by TLS as well")

    def check_broker_away(self):
        check(end(self.broker) == 0, "the broker ends", (self.folder / "broker.log").read_text())
        before = len(self.ids("plain"))

        def waiting():
            return [delivery for delivery in self.deliveries("plain", "waiting") if delivery["failures"]]

        until("deliveries wait while the broker is away", 30, waiting, lambda: self.command("deliveries", "list"))
        texts = [self.command("deliveries", "show", str(delivery["number"])) for delivery in waiting()]
        check(any("the connection to 127.0.0.1 failed: connection refused" in text for text in texts),
              "deliveries show says why", texts)
        check(len(self.ids("plain")) == before, "something arrives without a broker")
        passed("while the broker is away deliveries wait, and say why")
        self.start_broker()

    def check_messages(self):
        until("the replay is over", REPLAY * 60 / SPEED + 5, lambda: time.monotonic() > self.replayed)

        def nothing_waits():
            waiting = [delivery for name in [*TOPICS, "old"] for delivery in self.deliveries(name, "waiting")]
            # What has failed twice would wait for minutes.
            late = [str(delivery["number"]) for delivery in waiting if delivery["failures"] > 1]
            if late:
                self.command("deliveries", "retry", *late)
            return not waiting

        until("nothing waits any more", 45, nothing_waits, lambda: self.command("deliveries", "list"))
        counts = collections.deque(maxlen=20)

        def nothing_comes():
            counts.append(len(self.told()))
            return len(counts) == counts.maxlen and counts[0] == counts[-1] and nothing_waits()

        until("the last event has come", 60, nothing_comes, lambda: counts)
        events = self.told()
        check(len(events) > 10, "there are alerts", len(events))
        for name, (topic, quality) in TOPICS.items():
            until(f"all events arrive at {name}", 10, lambda name=name: set(events) <= set(self.ids(name)),
                  lambda name=name: set(events) ^ set(self.ids(name)))
            messages = self.messages(topic)
            arrived = collections.Counter(self.ids(name))
            check(arrived == collections.Counter(list(events)), f"each event arrives once at {name}", arrived)
            delivered = self.deliveries(name, "delivered")
            check(len(delivered) == len(events), f"deliveries list has each event to {name}", delivered)
            kinds = {(quality, retained, kind) for quality, retained, kind, _ in messages}
            check(kinds == {(str(quality), "0", "application/cloudevents+json")}, f"the form of messages at {name}", kinds)
            for _, _, _, event in messages:
                check(event == events[event["id"]], "a message is the event that the store has", event)
            last = {}
            for _, _, _, event in messages:
                vehicle, number = event["partitionkey"], event["sequence"]
                check(last.get(vehicle, "") < number, f"the order of vehicle {vehicle} at {name}", (last, number))
                last[vehicle] = number
        passed(f"{len(events)} events arrive once each with quality of service 0, 1 and 2, of each vehicle in its order")

    def told(self):
        events = [json.loads(line) for line in self.command("watch", "--once", "-o", "cloudevents").splitlines()]
        return {event["id"]: event for event in events}

    def check_refusals(self):
        for name, words in REFUSALS.items():
            check(not self.deliveries(name, "delivered"), f"something was delivered to {name}")
            tried = [delivery for delivery in self.deliveries(name, "waiting") if delivery["failures"]]
            check(tried, f"something was tried at {name}", self.command("deliveries", "list"))
            texts = [self.command("deliveries", "show", str(delivery["number"])) for delivery in tried]
            check(any(words in text for text in texts), f"an attempt at {name} says: {words}", texts)
        passed("a wrong password, a topic that is barred, a certificate nobody knows, no answer and no broker are told apart")

    def check_old_broker(self):
        ids = [json.loads(body)["id"] for body in OldBroker.bodies]
        check(sorted(ids) == sorted(self.told()), "all events arrive once at a broker of MQTT 3.1.1", len(ids))
        check(OldBroker.levels[0] == 5 and OldBroker.levels[-1] == 4, "MQTT 5 is tried before 3.1.1", OldBroker.levels)
        passed("a broker that does not know MQTT 5 is spoken to by MQTT 3.1.1")

    def check_end(self):
        self.service.send_signal(signal.SIGTERM)
        try:
            status = self.service.wait(15)
        except subprocess.TimeoutExpired:
            raise Failure("SIGTERM does not end the service: " + (self.folder / "service.log").read_text()) from None
        check(status == 0, "SIGTERM ends with status 0", (status, (self.folder / "service.log").read_text()))
        passed("SIGTERM ends it with status 0")

    def check_secrets(self):
        own = {self.folder / "password"}
        texts = [("an answer of a command", text.encode()) for text in self.said]
        texts += [(path.name, path.read_bytes()) for path in self.folder.rglob("*") if path.is_file() and path not in own]
        for name, text in texts:
            check(not any(word.encode() in text for word in (PASSWORD, WRONG_PASSWORD)), "a password is in", name)
        check(any(name == "alerts.db" for name, _ in texts), "the store is not where it should be")
        passed(f"no password in {len(texts)} logs, files and answers")


def main():
    tripline, source = sys.argv[1:]
    conduct("check_mqtt", "the service and brokers of MQTT", LIMIT,
            lambda folder, stack: Trial(tripline, source, folder, stack).run())


main()
