import ArgumentParser
import Foundation
import TriplineFormats

/// Keeps a command from writing over what it reads, and from emptying a file it has nothing for.
enum WrittenFiles {
  /// Ends a command none of whose inputs can be opened, before it opens its output.
  static func requireInput(_ inputs: [InputFile]) throws {
    var failures: [FormatError] = []
    for input in inputs {
      do throws(FormatError) { try input.checkOpens() } catch { failures.append(error) }
    }
    guard failures.count == inputs.count else { return }
    try ExitStatus.check(ReadReport(), failures: failures, isStrict: false)
  }

  /// Refuses outputs that are one of the inputs, or each other, under whatever name.
  static func refuseOverwriting(_ inputs: [String], by outputs: [String?]) throws {
    let written = outputs.compactMap { $0 }
    for (index, output) in written.enumerated() {
      if let same = inputs.first(where: { isSame($0, output) }) {
        throw ValidationError("\(output) would be written over \(same), which is read; give another name")
      }
      if written[..<index].contains(where: { isSame($0, output) }) {
        throw ValidationError("two outputs cannot be one file, \(output); give each its own name")
      }
    }
  }

  private static func isSame(_ a: String, _ b: String) -> Bool {
    func path(_ name: String) -> String {
      URL(fileURLWithPath: name).standardizedFileURL.resolvingSymlinksInPath().path
    }
    if path(a) == path(b) { return true }
    func file(_ name: String) -> (device: Int, number: Int)? {
      // Of a link that which it points to.
      let attributes = try? FileManager.default.attributesOfItem(atPath: path(name))
      guard let device = attributes?[.systemNumber] as? Int, let number = attributes?[.systemFileNumber] as? Int else {
        return nil
      }
      return (device, number)
    }
    guard let first = file(a), let second = file(b) else { return false }
    return first == second
  }
}
