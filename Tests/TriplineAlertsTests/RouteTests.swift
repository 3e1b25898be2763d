import Testing

@testable import TriplineAlerts

@Suite struct RouteTests {
  private typealias Declaration = Route.Declaration

  private static func declaration(
    _ receiver: String?, _ matchers: [String] = [], continues: Bool = false, _ routes: [Declaration] = []
  ) throws -> Declaration {
    var declaration = Declaration(receiver: receiver, matchers: try matchers.map { try Matcher($0) })
    declaration.continues = continues
    declaration.routes = routes
    return declaration
  }

  /// Labels, and who is told in which order.
  static let cases: [([String: String], [String])] = [
    ([:], ["root"]), (["severity": "info"], ["root"]), (["severity": "page"], ["page"]),
    // The deepest wins, and what continues within is not enough for what is behind.
    (["severity": "page", "team": "north"], ["north"]), (["severity": "page", "team": "south"], ["south", "all"]),
    (["severity": "page", "team": "south", "fence": "depot"], ["south", "all"]),
    // What continues is told, and the first behind it that matches.
    (["copy": "yes"], ["copy"]), (["copy": "yes", "severity": "page"], ["copy", "page"]),
    (["copy": "yes", "fence": "depot"], ["copy", "fence"]), (["fence": "depot"], ["fence"]),
    (["fence": "depot", "severity": "page"], ["page"]),
  ]

  @Test(arguments: cases)
  func `the first and deepest route wins unless it continues`(labels: [String: String], receivers: [String]) throws {
    let route = Route(
      try Self.declaration(
        "root", [],
        [
          try Self.declaration("copy", ["copy=yes"], continues: true),
          try Self.declaration(
            "page", ["severity=page"],
            [
              try Self.declaration("north", ["team=north"]),
              try Self.declaration("south", ["team=south"], continues: true),
              try Self.declaration("all", ["team=~\".+\""]),
            ]),
          try Self.declaration("fence", ["fence!=\"\""]),
        ]))
    #expect(route.matches(for: labels).map(\.receiver) == receivers)
    #expect(route.all.map(\.number) == Array(0..<7))
  }

  @Test func `a route that does not match has none below it that does`() throws {
    let route = Route(try Self.declaration("root", ["severity=page"], [try Self.declaration("all")]))
    #expect(route.matches(for: ["severity": "info"]).isEmpty)
    #expect(route.matches(for: ["severity": "page"]).map(\.receiver) == ["all"])
  }

  @Test func `what is left out is as the route above has it, but for schedules`() throws {
    var root = try Self.declaration("root")
    root.groupBy = ["alertname"]
    root.groupWait = 10_000
    root.repeatInterval = 60_000
    root.mute = [Schedule(name: "night", intervals: [])]
    var child = try Self.declaration(nil, ["severity=page"], [try Self.declaration("deep")])
    child.groupWait = 0
    root.routes = [child]
    let route = Route(root)
    let page = route.routes[0]
    #expect(page.receiver == "root" && page.groupBy == ["alertname"] && page.groupWait == 0)
    #expect(page.groupInterval == Route.usualGroupInterval && page.repeatInterval == 60_000 && page.mute.isEmpty)
    let deep = page.routes[0]
    #expect(deep.receiver == "deep" && deep.groupWait == 0 && deep.repeatInterval == 60_000)
    #expect(deep.path == "{}/0{severity=\"page\"}/0{}")
  }

  @Test func `without group_by nothing waits or is repeated, with it the times are those of Alertmanager`() throws {
    var root = try Self.declaration("root")
    var grouped = try Self.declaration(nil)
    grouped.groupBy = [Route.everyLabel]
    root.routes = [grouped]
    let route = Route(root)
    #expect(route.groupBy == nil && route.groupWait == 0 && route.groupInterval == 0 && route.repeatInterval == nil)
    let child = route.routes[0]
    #expect(child.groupWait == 30_000 && child.groupInterval == 300_000 && child.repeatInterval == 14_400_000)
  }
}
