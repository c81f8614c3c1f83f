using System.Diagnostics;
using System.Text.Json;

[assembly: AssemblyFixture(typeof(Spud.Server.Tests.Clients.NpmPackages))]

namespace Spud.Server.Tests.Clients;

/// <summary>Clients from npm, installed once into a folder that git ignores; without npm, or without its registry, the tests that need them are skipped.</summary>
public sealed class NpmPackages : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private string? _missing;

    private static string Sources => System.IO.Path.Combine(TestData.Root, "tests", "Spud.Server.Tests", "Clients", "npm");

    private static string Folder => System.IO.Path.Combine(TestData.Root, ".cache", "npm-clients");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        string wanted = await File.ReadAllTextAsync(System.IO.Path.Combine(Sources, "package.json")), stamp = System.IO.Path.Combine(Folder, "installed.json");
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
            return;

        await File.WriteAllTextAsync(System.IO.Path.Combine(Folder, "package.json"), wanted);
        try
        {
            (int code, string text) = await RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund");
            _missing = code == 0 ? null : $"needs clients from npm, which could not be installed: {text}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            _missing = "needs npm";
        }
        catch (TimeoutException)
        {
            _missing = $"needs clients from npm, which were not installed within {s_patience}";
        }

        if (_missing is null)
            await File.WriteAllTextAsync(stamp, wanted);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a script against a server, and returns the object that it prints.</summary>
    public async Task<JsonElement> RunAsync(string script, Uri server)
    {
        if (_missing is { } reason)
            Assert.Skip(reason);

        // Packages are looked for from where the script lies.
        string copy = System.IO.Path.Combine(Folder, script);
        File.Copy(System.IO.Path.Combine(Sources, script), copy, overwrite: true);
        (int code, string text) = await RunAsync("node", copy, $"{new Uri(server, "/v1")}", ServerProcess.Model);
        Assert.True(code == 0, text);
        return JsonDocument.Parse(text.Trim().Split('\n')[^1]).RootElement;
    }

    private static async Task<(int Code, string Text)> RunAsync(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LANGCHAIN_TRACING_V2"] = "false";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        string said = await error;
        return (process.ExitCode, process.ExitCode == 0 ? await output : said + await output);
    }
}
