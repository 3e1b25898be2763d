/// The configuration that `tripline init` writes.
enum StarterConfiguration {
  static let text = """
    # A configuration of Tripline. A line that begins with # and a space is a word on what follows; one that begins with #
    # alone is an example that is not in force: take the # away, and no space. Check the file with
    # `tripline rules check FILE`, try it on recorded tracks with `tripline backtest --rules FILE TRACKS`, run it with
    # `tripline run --config FILE`. Units are always written: 30s, 5m, 2h, 120m, 1.5km.
    version: 1

    defaults:
      # Where clocks show the times of schedules that name no zone of their own, and of lists and explanations.
      timezone: Europe/Prague
      # How sure a rule has to be. These are the defaults: a vehicle at the edge, or a single wrong fix, tells nothing.
      enter: {fixes: 2, margin: 10m}
      exit: {fixes: 2, for: 30s, margin: 20m, respect_accuracy: true}

    # Fences: circles here, other shapes from GeoJSON, KML or WKT files beside this one.
    fences:
      - {id: depot, name: Depot, circle: {center: {lat: 50.0874, lon: 14.4296}, radius: 150m}, tags: [home]}
    #fence_files: [fences.geojson]

    # Vehicles by their ids in the account, so that rules can name them together, and where it is the time of a schedule
    # that goes by the vehicle.
    #vehicle_groups: {vans: ['4711', '4712']}
    #vehicle_zones: {'4711': Europe/Lisbon}

    schedules:
      # The syntax is that of Alertmanager's time intervals; from Friday to Monday, or over midnight, takes two of them.
      work: [{weekdays: ['monday:friday'], times: [{start_time: '06:00', end_time: '18:30'}]}]
      night:
        - {times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '05:00'}]}

    # What to tell of: enter, exit, dwell, cross, inside, outside, silent, overspeed, stop, idle, proximity, harsh and trip. In
    # annotations there are vehicle.id, vehicle.name, fence.id, fence.name, reason, and labels by their names.
    rules:
      - alert: ArrivedAtDepot
        when: {enter: {fence: {id: depot}}}
        labels: {severity: info}
        annotations: {summary: '{{vehicle.name}} has arrived at {{fence.name}}'}
      - alert: LeftDepotOutOfHours
        when: {exit: {fence: {id: depot}}}
        # Nobody is told in these schedules; with active in place of mute, only in them.
        mute: [work]
        labels: {severity: page}
        annotations: {summary: '{{vehicle.name}} has left {{fence.name}}: {{reason}}'}
      - alert: LongStay
        when: {dwell: {fence: {tag: home}, longer_than: 2h}}
        # What comes back within this time is no new alert.
        keep_firing_for: 5m
        labels: {severity: warning}
      #- alert: GoneSilent
      #  when: {silent: {longer_than: 1h}}
      #  vehicles: {groups: [vans]}
      #  labels: {severity: warning}
      #- alert: DrivenTooFast
      #  when: {overspeed: {tier: serious}}
      #  labels: {severity: info}

    # Who is told, and how. Without receivers, alerts are printed. Try each with `tripline receivers test FILE`. Secrets
    # stand in files of their own or in variables; `tripline webhook secret` makes one. A build with MQTT has mqtts as well.
    #receivers:
    #  - name: dispatch
    #    webhooks: [{url: 'https://ops.example.com/hooks/fleet', secret_file: dispatch.whsec}]
    #    files: [{path: alerts.ndjson}]
    #  - name: oncall
    #    alertmanagers: [{url: 'http://127.0.0.1:9093'}]
    #    webhooks: [{url_file: oncall.url, secret_env: ONCALL_SECRET, allow_internal: true, timeout: 5s}]
    #  - name: office
    #    emails: [{to: [office@example.com], from: tripline@example.com}]
    #    execs: [{command: [/usr/bin/logger, '-t', tripline], timeout: 10s}]
    #  - name: console
    #    stdout: true

    # Who is told of what: the first route below that matches, else the receiver of the first line. Without a route, all goes
    # to the only receiver there is. `tripline routes test FILE severity=page` tells who it is.
    #route:
    #  receiver: dispatch
    #  routes:
    #    # With continue, the routes behind it are asked as well.
    #    - {matchers: ['severity="page"'], receiver: oncall, continue: true}
    #    # One mail for all alerts of a fence that come within a minute, at most one in 10 minutes, and not at night.
    #    - matchers: ['severity=~"info|warning"']
    #      receiver: office
    #      group_by: [fence]
    #      group_wait: 1m
    #      group_interval: 10m
    #      repeat_interval: 12h
    #      mute_time_intervals: [night]

    # What nobody is told of while something else fires: here of a long stay while the vehicle is out of hours.
    #inhibit_rules:
    #  - source_matchers: ['alertname="LeftDepotOutOfHours"']
    #    target_matchers: ['alertname="LongStay"']
    #    equal: [vehicle]

    # Silences are for an hour or a day, and are no part of this file:
    # `tripline silence add 'fence="depot"' --for 2h --comment 'road works'`.

    # The service: its files, where health and metrics are served, and its patience with what comes late.
    #store: {path: tripline-alerts.db, retain_alerts: 400d, retain_traces: 30d}
    #http: {listen: '127.0.0.1:8080'}
    #late: {silence: 1m, max_age: 6h}

    """
}
