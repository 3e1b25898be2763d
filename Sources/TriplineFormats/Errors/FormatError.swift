/// What is wrong with a file, a row, a feature or an output, where, and what to do about it.
public struct FormatError: Error, Hashable, Codable, Sendable {
  /// The kind of problem, for counting and for exit statuses.
  public var code: Code
  /// One or two sentences: what is wrong and what to do.
  public var message: String
  /// Where it is.
  public var place: Place

  /// Creates an error.
  public init(_ code: Code, _ message: String, at place: Place) {
    self.code = code
    self.message = message
    self.place = place
  }

  /// A position in an input, as exact as it is known.
  public struct Place: Hashable, Codable, Sendable {
    /// The name of the file, `standard input`, or the name given to bytes in memory.
    public var file: String
    /// 1-based number of the line.
    public var line: Int?
    /// 1-based number of the feature in a GeoJSON document.
    public var feature: Int?
    /// The feature's own id, where it has one.
    public var featureID: String?

    /// Creates a place.
    public init(file: String, line: Int? = nil, feature: Int? = nil, featureID: String? = nil) {
      self.file = file
      self.line = line
      self.feature = feature
      self.featureID = featureID
    }
  }
}

extension FormatError.Place: CustomStringConvertible {
  /// `file:line`, or `file: feature 3 (id "depot")`.
  public var description: String {
    var text = file
    if let line { text += ":\(line)" }
    if let feature { text += ": feature \(feature)" }
    if let featureID { text += " (id \"\(featureID)\")" }
    return text
  }
}

extension FormatError: CustomStringConvertible {
  /// The place and the message on one line, the way compilers print it.
  public var description: String { "\(place): \(message)" }
}
