using System.Net;
using Spud.Server.Settings;

namespace Spud.Server.Security;

/// <summary>Where the server listens.</summary>
internal static class ListenAddress
{
    /// <summary>The addresses of the settings.</summary>
    /// <param name="settings">The server's.</param>
    /// <param name="hasKeys">Whether requests need a key.</param>
    /// <exception cref="SettingsException">It is no address, or others could reach a server without keys.</exception>
    public static IPAddress Of(ServerSettings settings, bool hasKeys)
    {
        IPAddress? address = settings.Host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" or "+" => IPAddress.IPv6Any,
            _ => IPAddress.TryParse(settings.Host, out IPAddress? parsed) ? parsed : null,
        };
        if (address is null)
            throw new SettingsException($"{ServerSettings.Section}:Host: expected an IP address, 'localhost' or '*', got '{settings.Host}'.");
        if (!IPAddress.IsLoopback(address) && !hasKeys && !settings.Insecure)
            throw new SettingsException($"{ServerSettings.Section}:Host: {settings.Host} can be reached by others, and no keys are set up, so everybody could use this server. Listen on 127.0.0.1, set up keys, or pass --insecure.");

        return address;
    }
}
