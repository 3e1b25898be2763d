public import ArgumentParser
import Foundation
public import TriplineCore
import TriplineFormats

/// The options that say how driving is judged.
struct ScoringOptions: ParsableArguments {
  @Option(help: "car, van or truck: heavier vehicles are held to lower accelerations.")
  var vehicleClass = VehicleClass.car

  @Option(help: ArgumentHelp("A limit that holds everywhere, in kilometres an hour.", valueName: "km/h"))
  var speedLimit: Double?

  @Option(help: "The time zone of nights, 23:00 to 04:00, and of times on a page, like Europe/Prague.")
  var timeZone: String?

  @Option(help: ArgumentHelp("A file of norms that tripline score calibrate wrote.", valueName: "file"))
  var norms: String?

  func validate() throws {
    if let speedLimit, !(speedLimit > 0 && speedLimit <= 2000) {
      throw ValidationError("--speed-limit takes kilometres an hour, above 0")
    }
    if let timeZone, TimeZone(identifier: timeZone) == nil {
      throw ValidationError("there is no time zone \(timeZone); give one like Europe/Prague")
    }
  }

  /// The time zone of times that are written for people: UTC unless another one is given.
  var zone: TimeZone { timeZone.flatMap { TimeZone(identifier: $0) } ?? .gmt }

  /// The parameters; reads the file of norms.
  var parameters: ScoringParameters {
    get throws {
      var parameters = ScoringParameters()
      parameters.vehicleClass = vehicleClass
      parameters.speedLimit = speedLimit.map { Float($0 / 3.6) }
      parameters.night = timeZone.flatMap { TimeZone(identifier: $0) }.map { NightHours(in: $0) }
      if let norms {
        parameters.norms = try ExitStatus.exiting { () throws(FormatError) in try NormsFile.read(norms) }
      }
      return parameters
    }
  }
}

extension VehicleClass: ExpressibleByArgument {}
