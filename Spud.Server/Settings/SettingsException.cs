namespace Spud.Server.Settings;

/// <summary>The server cannot start with its settings; the message says which one is wrong and what is expected.</summary>
internal sealed class SettingsException(string message) : Exception(message);
