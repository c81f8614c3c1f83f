using System.Net.Sockets;
using Spud.Server.Settings;

namespace Spud.Server.Security;

/// <summary>Why the server cannot listen where its settings say, and what to do about it.</summary>
internal static class ListenFault
{
    /// <summary>The fault in terms of the settings; null where it has another cause than the address.</summary>
    /// <param name="fault">What starting the server threw.</param>
    /// <param name="settings">The server's.</param>
    public static SettingsException? Of(Exception fault, ServerSettings settings) => (fault.GetBaseException() as SocketException)?.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new($"{ServerSettings.Section}:Port: another program listens on port {settings.Port} of {settings.Host}. Choose another one with --port, or a free one with --port 0."),
        SocketError.AccessDenied => new($"{ServerSettings.Section}:Port: this user may not listen on port {settings.Port}. Choose one above 1023 with --port."),
        SocketError.AddressNotAvailable => new($"{ServerSettings.Section}:Host: {settings.Host} is not an address of this machine."),
        _ => null,
    };
}
