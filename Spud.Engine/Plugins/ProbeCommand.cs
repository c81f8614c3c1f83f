using System.Collections.Immutable;

namespace Spud.Plugins;

/// <summary>Starts a program that calls <see cref="PluginProbe.RunAsChild"/>; the plugin's folder becomes its last argument.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Arguments before the folder: <c>["probe-plugin"]</c>.</param>
public sealed record ProbeCommand(string File, ImmutableArray<string> Arguments);
