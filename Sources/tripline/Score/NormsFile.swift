import Foundation
import TriplineCore
import TriplineFormats

/// Norms of a fleet as a small JSON file, which `--norms` reads and `score calibrate` writes.
struct NormsFile: Codable {
  /// Ordinary indices of acceleration in metres a second squared: below 50 km/h, to 90 km/h, and above.
  var slowMps2: Double
  var mediumMps2: Double
  var fastMps2: Double
  /// Ratios to these at which nothing and everything is lost.
  var best: Double
  var worst: Double
  /// What they were measured on, for people.
  var trips: Int?
  var distanceKm: Double?

  init(_ norms: ScoreNorms, trips: Int, distance: Double) {
    (slowMps2, mediumMps2, fastMps2) = (norms.slow, norms.medium, norms.fast)
    (best, worst) = (norms.best, norms.worst)
    self.trips = trips
    distanceKm = (distance / 100).rounded() / 10
  }

  var norms: ScoreNorms {
    var norms = ScoreNorms()
    (norms.slow, norms.medium, norms.fast) = (slowMps2, mediumMps2, fastMps2)
    (norms.best, norms.worst) = (best, worst)
    return norms
  }

  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }

  /// Reads a file.
  static func read(_ path: String) throws(FormatError) -> ScoreNorms {
    let place = FormatError.Place(file: path)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FormatError(.unreadableFile, "cannot be read. Check the path and its permissions.", at: place)
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file: NormsFile
    do {
      file = try decoder.decode(NormsFile.self, from: data)
    } catch {
      throw FormatError(
        .badValue,
        "is no file of norms: it needs the numbers slow_mps2, medium_mps2, fast_mps2, best and worst. "
          + "Make one with tripline score calibrate.", at: place)
    }
    let isSound = min(file.slowMps2, file.mediumMps2, file.fastMps2) > 0 && file.best >= 0 && file.worst > file.best
    guard isSound else {
      throw FormatError(
        .badValue, "its norms make no sense: indices must be above 0, and worst above best. Correct them.", at: place)
    }
    return file.norms
  }
}
