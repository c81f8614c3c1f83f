using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Spud.Server.Background;
using Spud.Server.Chat;
using Spud.Server.Completions;
using Spud.Server.Embeddings;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Server.Operations;
using Spud.Server.Page;
using Spud.Server.Responses;
using Spud.Server.Security;
using Spud.Server.Settings;
using Spud.Server.Tokenize;

namespace Spud.Server;

/// <summary>The server, assembled.</summary>
internal static class ServerApp
{
    /// <summary>Builds the server without starting it.</summary>
    /// <param name="arguments">Settings, as in <c>--Serve:Port=8080</c>.</param>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static WebApplication Build(string[] arguments)
    {
        // Empty: nothing is read from the current folder.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "spud", ContentRootPath = AppContext.BaseDirectory });
        SettingsSources.Add(builder.Configuration, arguments);
        ServerSettings settings = ServerSettings.Of(builder.Configuration);
        AddLogging(builder);
        builder.WebHost.UseKestrelCore();
        if (settings.Certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();

        IPAddress address = ListenAddress.Of(settings, hasKeys: settings.Accounts is not null);
        builder.WebHost.ConfigureKestrel(options => Listen(options, settings, address));
        builder.Services.AddRoutingCore();
        AddServices(builder.Services, settings);
        WebApplication app = builder.Build();
        Use(app, settings);
        Map(app);
        return app;
    }

    private static void AddLogging(WebApplicationBuilder builder)
    {
        // One line per request is ours, without any text of it.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Why it cannot start, or ended by itself, is said once, by ServerRun.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddSimpleConsole(static options => (options.SingleLine, options.TimestampFormat) = (true, "yyyy-MM-dd HH:mm:ss.fff "));
        builder.Services.Configure<ConsoleLoggerOptions>(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        // "Logging:Console:FormatterName": "json" makes them structured.
        builder.Services.Configure<ConsoleLoggerOptions>(builder.Configuration.GetSection("Logging:Console"));
    }

    private static void Listen(KestrelServerOptions options, ServerSettings settings, IPAddress address)
    {
        KestrelLimits.Apply(options, settings);
        options.Listen(address, settings.Port, endpoint =>
        {
            if (Certificates.Of(settings) is { } certificate)
                endpoint.UseHttps(certificate);
        });
    }

    private static void AddServices(IServiceCollection services, ServerSettings settings)
    {
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(settings.DrainSeconds));
        services.AddSingleton(settings);
        services.AddSingleton<ModelLoader>();
        services.AddSingleton<ModelShelf>();
        services.AddSingleton<Admission>();
        services.AddSingleton<Prices>();
        services.AddSingleton<ServerAccounts>();
        services.AddHostedService(static provider => provider.GetRequiredService<ServerAccounts>());
        services.AddSingleton<OpenJobs>();
        services.AddSingleton<JobDesk>();
        services.AddSingleton<Orders>();
        services.AddSingleton<JobRunner>();
        services.AddHostedService(static provider => provider.GetRequiredService<JobRunner>());
        services.AddSingleton<Readiness>();
        services.AddSingleton<FirstModel>();
        services.AddHostedService(static provider => provider.GetRequiredService<FirstModel>());
        services.AddSingleton<HangWatch>();
        services.AddHostedService(static provider => provider.GetRequiredService<HangWatch>());
        services.AddSingleton<ServerMetrics>();
        services.AddSingleton<StatusHistory>();
        services.AddHostedService(static provider => provider.GetRequiredService<StatusHistory>());
        services.AddOpenTelemetry().ConfigureResource(static resource => resource.AddService("spud")).WithMetrics(static metrics => metrics.AddMeter(LanguageModel.TelemetryName, ServerMetrics.Name, "System.Runtime").AddPrometheusExporter());
        if (settings.Origins.Length > 0)
            services.AddCors(options => options.AddDefaultPolicy(policy => policy.WithOrigins(settings.Origins).WithHeaders("authorization", "content-type").WithMethods("GET", "POST", "DELETE")));
    }

    private static void Use(WebApplication app, ServerSettings settings)
    {
        ILogger log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Spud.Server.Requests");
        app.Use(next => context => RequestLog.InvokeAsync(context, next, log));
        app.Use(next => context => ErrorMiddleware.InvokeAsync(context, next, log));
        TimeSpan stall = TimeSpan.FromSeconds(settings.StallSeconds);
        app.Use(next => context => StallLimit.InvokeAsync(context, next, stall));
        app.Use(next => context =>
        {
            context.Request.Path = Paths.Normal(context.Request.Path);
            return next(context);
        });
        app.UseRouting();
        if (settings.Origins.Length > 0)
            app.UseCors();

        Readiness readiness = app.Services.GetRequiredService<Readiness>();
        ServerAccounts accounts = app.Services.GetRequiredService<ServerAccounts>();
        app.Use(next => context => KeyGate.InvokeAsync(context, next, accounts));
        app.Use(next => context => Gate.InvokeAsync(context, next, readiness));
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/v1/chat/completions", ChatEndpoint.AnswerAsync);
        app.MapPost("/v1/completions", CompletionEndpoint.AnswerAsync);
        app.MapPost("/v1/responses", ResponseEndpoint.AnswerAsync);
        app.MapPost("/v1/embeddings", EmbeddingEndpoint.AnswerAsync);
        app.MapGet("/v1/models", ModelEndpoints.List);
        app.MapGet("/v1/models/{id}", ModelEndpoints.Get);
        JobEndpoints.Map(app);
        app.MapPost("/tokenize", TokenizeEndpoint.AnswerAsync);
        app.MapGet("/health", HealthEndpoint.Get);
        app.Services.GetRequiredService<ServerMetrics>();
        app.MapPrometheusScrapingEndpoint("/metrics");
        ReferencePage.Map(app);
        PageEndpoints.Map(app);
    }
}
