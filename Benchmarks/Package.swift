// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses the engine builds or even sees what it is measured with. Build it with
// TRIPLINE_CORE_ONLY=1, as Scripts/bench does: then there is no package dependency but the one beside it.
let package = Package(
  name: "tripline-benchmarks",
  dependencies: [.package(name: "tripline", path: "..")],
  targets: [
    .systemLibrary(name: "CGeos", pkgConfig: "geos", providers: [.apt(["libgeos-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .executableTarget(
      name: "bench",
      dependencies: [
        "CGeos", "CMalloc", .product(name: "TriplineCore", package: "tripline"),
        .product(name: "TriplineFormats", package: "tripline"),
      ]),
  ]
)

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + settings
}
