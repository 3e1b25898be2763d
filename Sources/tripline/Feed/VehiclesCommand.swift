import ArgumentParser
import MyCarTracks
import TriplineFormats

/// `tripline vehicles …`
struct VehiclesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vehicles", abstract: "Vehicles of a MyCarTracks account.", subcommands: [ListCommand.self])

  /// `tripline vehicles list`
  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the vehicles that the credentials may see.",
      discussion: """
        \(Account.help)

        Examples:
          tripline vehicles list
          tripline vehicles list -o ndjson
        """)

    @Option(name: .shortAndLong, help: "table or ndjson.")
    var output = ListFormat.table

    func run() async throws {
      let vehicles = try await Account.run { try await $0.vehicles().all() }
      let table = TableText(widths: [12, 24])
      if output == .table { print(table.line(["VEHICLE", "NAME", "DESCRIPTION"]), terminator: "") }
      for vehicle in vehicles {
        switch output {
        case .table:
          print(table.line([vehicle.id.text, vehicle.name ?? "", vehicle.description ?? ""]), terminator: "")
        case .ndjson: print(try JSONLine.text(VehicleRecord(vehicle)), terminator: "")
        }
      }
    }
  }
}

/// How a list is written.
enum ListFormat: String, ExpressibleByArgument, CaseIterable { case table, ndjson }

/// A vehicle as a line of NDJSON.
private struct VehicleRecord: Encodable {
  let vehicleId: String
  let name: String?
  let description: String?
  let licensePlate: String?
  let isActive: Bool?

  init(_ vehicle: Vehicle) {
    vehicleId = vehicle.id.text
    name = vehicle.name
    description = vehicle.description
    licensePlate = vehicle.licensePlate
    isActive = vehicle.isActive
  }
}
