import NIOCore
import NIOWebSocket

/// Sends a live stream over a connection.
struct StreamSocket: Sendable {
  let channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
  let sandbox: Sandbox
  let clock: SandboxClock

  /// Sends until the stream is over, or the other side closes.
  func run(_ machine: StreamMachine) async {
    // What ends it is told by the other side too; there is nobody here to tell.
    try? await channel.executeThenClose { inbound, outbound in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await receive(inbound, outbound) }
        group.addTask { try? await send(machine, outbound) }
        await group.next()
        group.cancelAll()
      }
    }
    sandbox.closed(machine)
  }

  /// Answers pings and a close, until there is one.
  private func receive(
    _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
  ) async throws {
    for try await frame in inbound {
      switch frame.opcode {
      case .ping:
        try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
      case .connectionClose:
        var data = frame.unmaskedData
        let code = data.readSlice(length: 2) ?? ByteBuffer()
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: code))
        return
      default: break
      }
    }
  }

  private func send(_ machine: StreamMachine, _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
    var machine = machine
    while true {
      for action in machine.due(at: clock.date) {
        switch action {
        case .send(let text):
          let opcode = sandbox.options.dialect.wsFrame == .text ? WebSocketOpcode.text : .binary
          try await outbound.write(WebSocketFrame(fin: true, opcode: opcode, data: ByteBuffer(bytes: text)))
        case .close(let code):
          var data = ByteBuffer()
          data.writeInteger(code)
          try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
          return
        case .drop:
          try await channel.channel.close()
          return
        }
      }
      try await clock.sleep(for: .milliseconds(max(1, machine.next - clock.date)))
    }
  }
}
