/// A receiver whose attempts end soon after they are cancelled: who ends the service does not wait for them to time out.
package protocol InterruptibleReceiver: Receiver {}
