import TriplineJSON

/// The fences of accounts in an archive, as a GeoJSON document.
enum ArchiveFences {
  /// Whether an input is a SQLite file; only one that has a path can be.
  static func isLikely(_ input: InputFile) throws(FormatError) -> Bool {
    guard case .path = input.origin else { return false }
    var source = try ByteSource(input)
    return source.peek().starts(with: ArchiveTrackReader.magic)
  }

  /// The text of the document.
  ///
  /// - Throws: `unreadableFile`, and `unsupportedFormat` where it is no archive.
  static func document(_ input: InputFile) throws(FormatError) -> [UInt8] {
    guard case .path(let path) = input.origin else { preconditionFailure("an archive has a path") }
    let connection = try SQLiteConnection(path: path, name: input.name)
    let tables = try connection.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'geofence'")
    guard try tables.step(), tables.integer(0) == 1 else {
      throw FormatError(
        .unsupportedFormat, "is a SQLite file, but no archive of tripline. Convert it to GeoJSON.",
        at: .init(file: input.name))
    }
    let rows = try connection.prepare(
      "SELECT remote_id, name, longitude, latitude, radius, ring FROM geofence ORDER BY id")
    var features: [JSONNode] = []
    while try rows.step() {
      var geometry = JSONNode.object([
        "type": .string("Point"), "coordinates": .array([.number(rows.number(2)), .number(rows.number(3))]),
      ])
      let ring = Array(rows.text(5).utf8)
      if let corners = (try? JSONDocument.parse(ring.span, ring.indices))?.array {
        var positions = corners.map { corner in
          JSONNode.array(corner.array?.compactMap { $0.number.map { .number($0) } } ?? [])
        }
        positions += positions.prefix(1)
        geometry = .object(["type": .string("Polygon"), "coordinates": .array([.array(positions)])])
      }
      features.append(
        .object([
          "type": .string("Feature"), "id": .string(rows.text(0)), "geometry": geometry,
          "properties": .object(["name": .string(rows.text(1)), "radius": .number(rows.number(4))]),
        ]))
    }
    return JSONNode.object(["type": .string("FeatureCollection"), "features": .array(features)]).bytes
  }
}
