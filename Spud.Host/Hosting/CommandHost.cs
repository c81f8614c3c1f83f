using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Extensions.Logging;
using GenericHost = Microsoft.Extensions.Hosting.Host;

namespace Spud.Host;

/// <summary>Creates the generic host of a long-running command.</summary>
internal static class CommandHost
{
    /// <summary>Prefix of environment variables that are settings: SPUD_Log__File is the setting Log:File.</summary>
    public const string EnvironmentPrefix = "SPUD_";

    private const string LineFormat = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    /// <summary>Builds the host without starting it.</summary>
    /// <param name="logFile">Given on the command line; null for the one in the settings, if any.</param>
    /// <param name="shell">Shell of the process.</param>
    /// <exception cref="BadInputException">The settings cannot be read, or the log cannot be written.</exception>
    public static IHost Build(string? logFile, Shell shell)
    {
        // Empty: nothing is read from the current folder, and the shell keeps handling signals.
        HostApplicationBuilder builder = GenericHost.CreateEmptyApplicationBuilder(new() { ApplicationName = "spud", ContentRootPath = AppContext.BaseDirectory });
        AddSettings(builder.Configuration);
        LogSettings settings = LogSettings.Of(builder.Configuration, logFile);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        if (settings.File is { } path)
        {
            Serilog.Core.Logger file = FileLogger(shell.Files.Append(path, IsLog), settings);
            builder.Services.AddSingleton<ILoggerProvider>(_ => new SerilogLoggerProvider(file, dispose: true));
        }

        builder.Services.AddSingleton(shell);
        builder.Services.AddSingleton<IHostLifetime, ShellLifetime>();
        builder.Services.AddHostedService<CommandLog>();
        return builder.Build();
    }

    private static void AddSettings(ConfigurationManager configuration)
    {
        string? file = Places.SettingsFile();
        try
        {
            if (file is not null)
                configuration.AddJsonFile(file, optional: true, reloadOnChange: false);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{file}: cannot be read: {(fault.InnerException ?? fault).Message} Correct the file or delete it.");
        }

        configuration.AddEnvironmentVariables(EnvironmentPrefix);
    }

    private static Serilog.Core.Logger FileLogger(string path, LogSettings settings) => new LoggerConfiguration()
        .MinimumLevel.Verbose() // the settings in "Logging" decide what is logged
        .WriteTo.File(path, outputTemplate: LineFormat, formatProvider: System.Globalization.CultureInfo.InvariantCulture,
            fileSizeLimitBytes: settings.FileBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: settings.Files, shared: true)
        .CreateLogger();

    // A line of the log begins with the date. Any other file is not a log and is left alone.
    private static bool IsLog(string firstLine) => firstLine.Length == 0 || firstLine.Length > 10 && DateOnly.TryParseExact(firstLine.AsSpan(0, 10), "yyyy-MM-dd", out _);
}
