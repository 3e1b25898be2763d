// swift-tools-version: 6.2
import PackageDescription

/// `TRIPLINE_CORE_ONLY=1` leaves the engine, the formats and their tests, with no package dependency at all:
/// a clean test run takes seconds, and it is the form the sanitizers and the fuzz drivers build.
let coreOnly = Context.environment["TRIPLINE_CORE_ONLY"] == "1"

let package = Package(
  name: "tripline",
  products: [
    .library(name: "TriplineCore", targets: ["TriplineCore"]),
    .library(name: "TriplineFormats", targets: ["TriplineFormats"]),
  ],
  targets: [
    .systemLibrary(name: "CProj", pkgConfig: "proj", providers: [.apt(["libproj-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPrefetch"),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    // What the tests and the benchmarks hold the index against; nothing else sees it.
    .systemLibrary(
      name: "CGeos", path: "Benchmarks/Sources/CGeos", pkgConfig: "geos", providers: [.apt(["libgeos-dev"])]),
    .target(name: "TriplineCore", dependencies: ["CPrefetch", "CProj"]),
    .target(name: "CRapidJSON"),
    .target(name: "TriplineJSON", dependencies: ["CRapidJSON"]),
    .target(name: "TriplineFormats", dependencies: ["TriplineCore", "TriplineJSON", "CZlib", "CExpat", "CSQLite"]),
    .target(name: "TriplineTesting", dependencies: ["TriplineCore", "TriplineFormats"], path: "Tests/TriplineTesting"),
    .testTarget(name: "TriplineCoreTests", dependencies: ["TriplineCore", "TriplineTesting", "CProj"]),
    .testTarget(name: "TriplineJSONTests", dependencies: ["TriplineJSON", "TriplineTesting"]),
    .testTarget(name: "TriplineFormatsTests", dependencies: ["TriplineFormats", "TriplineTesting"]),
    .testTarget(
      name: "TriplineReferenceTests", dependencies: ["TriplineCore", "TriplineFormats", "TriplineTesting", "CGeos"]),
  ]
)

if !coreOnly {
  package.dependencies += [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ]
  // What few need. Without it nothing of libmosquitto has to be there.
  package.traits = [
    .trait(name: "MQTT", description: "Alerts to brokers of MQTT, by libmosquitto (libmosquitto-dev).")
  ]
  package.products += [
    .library(name: "MyCarTracks", targets: ["MyCarTracks"]),
    .library(name: "MyCarTracksSandbox", targets: ["MyCarTracksSandbox"]),
    .library(name: "TriplineAlerts", targets: ["TriplineAlerts"]),
    .library(name: "TriplineReports", targets: ["TriplineReports"]),
    .library(name: "TriplineStore", targets: ["TriplineStore"]),
    .executable(name: "tripline", targets: ["tripline"]),
  ]
  package.targets += [
    .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
    .target(
      name: "TriplineReports",
      dependencies: [
        "TriplineAlerts", "TriplineCore", "TriplineFormats", .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.copy("Web")]),
    .target(
      name: "TriplineAlerts",
      dependencies: [
        "TriplineCore", "TriplineFormats", "TriplineJSON", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "Mustache", package: "swift-mustache"), .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "MyCarTracks",
      dependencies: [
        "TriplineJSON", .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "MyCarTracksSandbox",
      dependencies: [
        "TriplineCore", "TriplineFormats", "TriplineJSON", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
      ]),
    .target(
      name: "TriplineStore",
      dependencies: [
        "CSQLite", "TriplineAlerts", "TriplineCore", "TriplineFormats", "MyCarTracks",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .target(
      name: "TriplineService",
      dependencies: [
        "TriplineAlerts", "TriplineCore", "TriplineFormats", "TriplineJSON", "TriplineStore", "MyCarTracks",
        .target(name: "CMosquitto", condition: .when(traits: ["MQTT"])),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .executableTarget(
      name: "tripline",
      dependencies: [
        "TriplineCore", "TriplineFormats", "TriplineAlerts", "TriplineReports", "MyCarTracks", "MyCarTracksSandbox",
        "TriplineJSON", "TriplineService", "TriplineStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "MyCarTracksTesting", dependencies: ["MyCarTracks", "MyCarTracksSandbox"], path: "Tests/MyCarTracksTesting"),
    .testTarget(name: "TriplineAlertsTests", dependencies: ["TriplineAlerts", "TriplineTesting"]),
    .testTarget(
      name: "MyCarTracksTests",
      dependencies: [
        "MyCarTracks", "MyCarTracksSandbox", "MyCarTracksTesting", "TriplineTesting",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .testTarget(name: "TriplineStoreTests", dependencies: ["TriplineStore", "MyCarTracksTesting", "TriplineTesting"]),
    .testTarget(
      name: "TriplineServiceTests",
      dependencies: [
        "MyCarTracks", "TriplineAlerts", "TriplineCore", "TriplineFormats", "TriplineService", "TriplineStore",
        "MyCarTracksTesting", "TriplineTesting",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(
      name: "TriplineCommandTests",
      dependencies: ["tripline", "TriplineTesting", .product(name: "GRDB", package: "GRDB.swift")]),
  ]
}

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
for target in package.targets where target.type != .system && target.name != "CRapidJSON" {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}

/// `TRIPLINE_FEED_BENCH=1` adds what `Scripts/bench feed` runs: it measures parts that are not public.
if Context.environment["TRIPLINE_FEED_BENCH"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "feed-bench",
      dependencies: [
        "TriplineAlerts", "TriplineCore", "TriplineFormats", "MyCarTracks", "TriplineService", "TriplineStore",
        "TriplineTesting", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], path: "Benchmarks/Feed", swiftSettings: settings))
}

/// `TRIPLINE_FUZZ=1` adds the fuzz drivers and instruments the readers for them. They are libraries, which
/// `Scripts/fuzz` links: the fuzzer brings the main function.
if Context.environment["TRIPLINE_FUZZ"] == "1" {
  for target in package.targets where target.name == "TriplineFormats" {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer"])]
  }
  for reader in ["CSV", "NDJSON", "GPX", "GeoJSON", "Gzip"] {
    package.targets.append(
      .target(
        name: "\(reader)Fuzzer", dependencies: ["TriplineCore", "TriplineFormats"], path: "Tests/Fuzz/\(reader)Fuzzer",
        swiftSettings: settings + [.unsafeFlags(["-sanitize=fuzzer"])]))
  }
}
