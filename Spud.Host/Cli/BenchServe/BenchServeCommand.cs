using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Spud.Host;

/// <summary><c>spud bench serve</c>: a load for a server that runs, of this or another make.</summary>
internal sealed class BenchServeCommand
{
    private readonly Shell _shell;
    private readonly Option<string?> _url = new("--url") { Description = "Address of the server. Default: http://127.0.0.1:8080.", HelpName = "URL" };
    private readonly Option<string?> _key = new("--key") { Description = "API key.", HelpName = "KEY" };
    private readonly Option<string?> _model = new("--name") { Description = "Name of the model. Default: the server's.", HelpName = "NAME" };
    private readonly Option<int?> _requests = Values.Integer("--requests", 1, 1_000_000, "Requests. Default: 64.");
    private readonly Option<int?> _clients = Values.Integer("--clients", 1, 10_000, "Closed loop: clients that each send the next request when the last has ended. Default: 8.");
    private readonly Option<float?> _rate = Values.Number("--rate", 0.001f, 100_000, "Open loop: requests per second at random times (Poisson), instead of --clients.");
    private readonly Option<int?> _prompt = Values.Integer("--prompt-words", 1, 1_000_000, "Words of each prompt. Default: 64.");
    private readonly Option<int?> _tokens = Values.Integer("--max-tokens", 1, Values.MaxTokens, "Tokens of each answer. Default: 64.");
    private readonly Option<int?> _seed = Values.Integer("--seed", 0, int.MaxValue, "Seed of arrivals and prompts. Default: 1.");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };

    private BenchServeCommand(Command command, Shell shell)
    {
        _shell = shell;
        foreach (Option option in new Option[] { _url, _key, _model, _requests, _clients, _rate, _prompt, _tokens, _seed, _json })
            command.Options.Add(option);

        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("serve", "Measure a running server: tokens per second, time to the first token and between tokens.");
        _ = new BenchServeCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        if (parsed.GetValue(_clients) is not null && parsed.GetValue(_rate) is not null)
            throw new BadInputException("--clients is a closed loop and --rate an open one. Use one.");

        string text = parsed.GetValue(_url) ?? "http://127.0.0.1:8080";
        if (!Uri.TryCreate($"{text.TrimEnd('/')}/", UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            throw new BadInputException($"--url: expected an address such as http://127.0.0.1:8080, got '{text}'.");

        // A connection per request: servers differ in how long they keep one open, and a request sent on one that just closes would fail.
        using SocketsHttpHandler connections = new() { PooledConnectionLifetime = TimeSpan.Zero, ConnectCallback = ConnectAsync };
        using HttpClient client = new(connections) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        if (parsed.GetValue(_key) is { } key)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);

        using Interrupts.Section section = _shell.Interrupts.Begin();
        LoadRun run = new(client, Shape(parsed), parsed.GetValue(_model));
        run.WarmUpAsync(section.Token).GetAwaiter().GetResult();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        (IReadOnlyList<RequestTimes> requests, TimeSpan duration) = run.RunAsync(section.Token).GetAwaiter().GetResult();
        LoadResult result = LoadResult.Of(requests, duration, Environment.CpuUsage.TotalTime - before);
        if (requests.FirstOrDefault(static request => request.Fault is not null) is { } failed)
            _shell.Say($"note: a request failed: {SafeText.Line(failed.Fault!, 300)}");

        Print(result, parsed.GetValue(_json));
        return result.Requests > 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    // Connected synchronously, a socket blocks in its reads: a token then costs one wake-up. Otherwise the runtime waits for all sockets on a thread of
    // its own, which wakes the thread that reads, and that one spins before it sleeps.
    private static ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(context.DnsEndPoint);
            return ValueTask.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private LoadShape Shape(ParseResult parsed) => new()
    {
        Requests = parsed.GetValue(_requests) ?? 64,
        Clients = parsed.GetValue(_rate) is null ? parsed.GetValue(_clients) ?? 8 : null,
        Rate = parsed.GetValue(_rate),
        PromptWords = parsed.GetValue(_prompt) ?? 64,
        MaxTokens = parsed.GetValue(_tokens) ?? 64,
        Seed = parsed.GetValue(_seed) ?? 1,
    };

    private void Print(LoadResult result, bool json)
    {
        if (json)
        {
            _shell.WriteJson(result, LoadJson.Default.LoadResult);
            return;
        }

        _shell.Out.WriteLine(FormattableString.Invariant($"requests       {result.Requests} answered, {result.Failed} failed, in {result.Seconds:0.0} s"));
        _shell.Out.WriteLine(FormattableString.Invariant($"tokens         {result.TokensPerSecond:0.0}/s"));
        _shell.Out.WriteLine($"first token    {result.FirstMilliseconds}");
        _shell.Out.WriteLine($"between tokens {result.GapMilliseconds}");
        _shell.Out.WriteLine(FormattableString.Invariant($"this client    {result.ClientCores * 100:0.0} % of a core"));
    }
}
