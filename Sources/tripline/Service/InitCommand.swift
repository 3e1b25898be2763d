import ArgumentParser
import Foundation

/// `tripline init`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a configuration to begin with, with a word on everything in it.",
    discussion: """
      Examples:
        tripline init
        tripline init -O fleet.yaml && tripline rules check fleet.yaml
      """)

  @Option(
    name: [.customShort("O"), .customLong("output")],
    help: ArgumentHelp("The file; one that is there is left alone.", valueName: "file"))
  var file = "tripline.yaml"

  func run() throws {
    guard !FileManager.default.fileExists(atPath: file) else {
      Messages.error("\(file) is there already. Name another one with -O, or remove it.")
      throw ExitStatus.cannotWrite
    }
    guard FileManager.default.createFile(atPath: file, contents: Data(StarterConfiguration.text.utf8)) else {
      Messages.error("\(file) cannot be written. Check the path and its permissions.")
      throw ExitStatus.cannotWrite
    }
    Messages.note("\(file) is written; look at its fences and rules, then: tripline run --config \(file)")
  }
}
