/// The configuration that `tripline init` writes.
enum StarterConfiguration {
  static let text = """
    # A configuration of Tripline. What begins with # is a word on it, or an example that is not in force.
    # Check it with `tripline rules check FILE`, try it on recorded tracks with `tripline backtest --rules FILE TRACKS`,
    # run it with `tripline run --config FILE`. Units are always written: 30s, 5m, 2h, 120m, 1.5km.
    version: 1

    defaults:
      # Where clocks show the times of schedules that name no zone of their own.
      timezone: Europe/Prague
      # How sure a rule has to be. These are the defaults: a vehicle at the edge, or a single wrong fix, tells nothing.
      enter: {fixes: 2, margin: 10m}
      exit: {fixes: 2, for: 30s, margin: 20m, respect_accuracy: true}

    # Fences: circles here, other shapes from GeoJSON, KML or WKT files beside this one.
    fences:
      - {id: depot, name: Depot, circle: {center: {lat: 50.0874, lon: 14.4296}, radius: 150m}, tags: [home]}
    # fence_files: [fences.geojson]

    # Vehicles by their ids in the account, so that rules can name them together.
    # vehicle_groups: {vans: ['4711', '4712']}

    schedules:
      # The syntax is that of Alertmanager's time intervals.
      work: [{weekdays: ['monday:friday'], times: [{start_time: '06:00', end_time: '18:30'}]}]

    rules:
      - alert: ArrivedAtDepot
        when: {enter: {fence: {id: depot}}}
        labels: {severity: info}
        annotations: {summary: '{{vehicle.name}} has arrived at {{fence.name}}'}
      - alert: LeftDepotOutOfHours
        when: {exit: {fence: {id: depot}}}
        mute: [work]
        labels: {severity: page}
        annotations: {summary: '{{vehicle.name}} has left {{fence.name}}: {{reason}}'}
      - alert: LongStay
        when: {dwell: {fence: {tag: home}, longer_than: 2h}}
        labels: {severity: warning}

    # Who is told. Without receivers, alerts are printed; without a route, all go to the only receiver there is.
    # receivers:
    #   - name: dispatch
    #     webhooks: [{url: 'https://ops.example.com/hooks/fleet', secret_file: /run/secrets/dispatch_whsec}]
    #   - name: oncall
    #     alertmanagers: [{url: 'http://127.0.0.1:9093', allow_internal: true}]
    # route:
    #   receiver: dispatch
    #   routes:
    #     - {matchers: ['severity="page"'], receiver: oncall}

    # The service: its files, and where health and metrics are served.
    # store: {path: tripline-alerts.db, retain_alerts: 400d, retain_traces: 30d}
    # http: {listen: '127.0.0.1:8080'}
    # late: {silence: 1m, max_age: 6h}

    """
}
