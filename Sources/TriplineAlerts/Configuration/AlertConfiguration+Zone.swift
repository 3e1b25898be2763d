public import Foundation

extension AlertConfiguration {
  /// The zone that a file has in `defaults`, also where its rules are wrong; that of Greenwich where it names none.
  public static func zone(ofConfiguration text: String) -> TimeZone {
    guard var root = try? YAMLSection.document(text, file: "the configuration"),
      var defaults = try? root.section("defaults")
    else { return .gmt }
    return (try? defaults.zone("timezone")) ?? .gmt
  }
}
