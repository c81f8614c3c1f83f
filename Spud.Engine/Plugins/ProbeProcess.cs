using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Spud.Plugins;

/// <summary>The host's side of a probe that may crash: it runs in a child process, whose crash is also a result.</summary>
internal static class ProbeProcess
{
    private const int FirstSignal = 128; // on Unix a process killed by a signal has the exit code 128 + signal

    /// <exception cref="PluginException">The plugin cannot run here, crashed, or did not answer in time.</exception>
    public static void Run(string folder, PluginCatalogOptions options)
    {
        if (options.ProbeCommand is not { } command)
        {
            throw new PluginException(
                PluginState.Unavailable,
                $"its probe must run in a child process, and this program names none. Set {nameof(PluginCatalogOptions)}.{nameof(PluginCatalogOptions.ProbeCommand)}.");
        }

        using Process child = Start(command, folder);
        Task<string> output = child.StandardOutput.ReadToEndAsync(), errors = child.StandardError.ReadToEndAsync();
        if (!child.WaitForExit(options.CallTimeout) || !Task.WaitAll([output, errors], options.CallTimeout))
        {
            child.Kill(entireProcessTree: true);
            throw PluginCall.Hangs("its probe", options.CallTimeout);
        }

        Conclude(child.ExitCode, output.Result, errors.Result);
    }

    /// <summary>Describes how a process ended.</summary>
    public static string Ending(int exitCode) => exitCode switch
    {
        _ when OperatingSystem.IsWindows() => $"exit code 0x{exitCode:X8}",
        FirstSignal + 4 => "signal 4, illegal instruction",
        FirstSignal + 6 => "signal 6, aborted",
        FirstSignal + 8 => "signal 8, arithmetic error",
        FirstSignal + 9 => "signal 9, killed",
        FirstSignal + 11 => "signal 11, segmentation fault",
        > FirstSignal => $"signal {exitCode - FirstSignal}",
        _ => $"exit code {exitCode}",
    };

    private static Process Start(ProbeCommand command, string folder)
    {
        ProcessStartInfo start = new(command.File, [.. command.Arguments, folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception unstartable)
        {
            throw new PluginException(PluginState.Unavailable, $"its probe must run in a child process, and '{command.File}' cannot be started: {unstartable.Message}.", unstartable);
        }
    }

    private static void Conclude(int exitCode, string output, string errors)
    {
        string? line = output.Split('\n').LastOrDefault(text => text.StartsWith(PluginProbe.VerdictPrefix, StringComparison.Ordinal));
        if (exitCode != 0 || line is null)
        {
            string? said = errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            throw new PluginException(
                PluginState.Unavailable,
                $"its probe crashed ({Ending(exitCode)}){(said is null ? "" : $" and said: {said.TrimEnd('.')}")}. Check the drivers and libraries that it needs.");
        }

        ProbeVerdict verdict = JsonSerializer.Deserialize(line[PluginProbe.VerdictPrefix.Length..], VerdictJson.Default.ProbeVerdict)!;
        if (verdict.State != PluginState.Active)
            throw new PluginException(verdict.State, verdict.Reason ?? "its probe failed.");
    }
}
