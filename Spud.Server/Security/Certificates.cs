using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Spud.Server.Settings;

namespace Spud.Server.Security;

/// <summary>The certificate of the settings.</summary>
internal static class Certificates
{
    /// <summary>Reads it; null for a server without TLS.</summary>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public static X509Certificate2? Of(ServerSettings settings)
    {
        if (settings.Certificate is not { } file)
            return null;

        try
        {
            if (settings.CertificateKey is not { } key)
                return X509CertificateLoader.LoadPkcs12FromFile(file, settings.CertificatePassword);

            return settings.CertificatePassword is { } password
                ? X509Certificate2.CreateFromEncryptedPemFile(file, password, key)
                : X509Certificate2.CreateFromPemFile(file, key);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{ServerSettings.Section}:Certificate: {file} cannot be used: {fault.Message}");
        }
    }
}
