using System.Diagnostics;

namespace Spud.Host;

/// <summary>The server, a program of its own beside this one: ASP.NET Core is loaded by nothing else.</summary>
internal static class ServerProgram
{
    /// <summary>Runs it in place of this program, or as its child where a process cannot change its program.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="BadInputException">It is missing or cannot be started.</exception>
    public static int Run(IReadOnlyList<string> arguments)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "server", OperatingSystem.IsWindows() ? "Spud.Server.exe" : "Spud.Server");
        if (!File.Exists(file))
            throw new BadInputException($"the server is not built: there is no {file}. Build it: dotnet build product.proj -c Release");
        if (!OperatingSystem.IsWindows())
            throw new BadInputException($"{file} cannot be started: error {ProcessImage.Replace(file, arguments)}.");

        // Ctrl-C reaches both processes, and this one waits for the other.
        using Process server = Process.Start(new ProcessStartInfo(file, arguments)) ?? throw new BadInputException($"{file} cannot be started.");
        server.WaitForExit();
        return server.ExitCode;
    }
}
