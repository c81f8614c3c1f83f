using System.Diagnostics;
using System.Globalization;
using Spud;
using Spud.Composition;
using Spud.Configuration;
using Spud.Generation;
using Spud.Plugins;

// The step loop with the default model on the CPU backend. "gap": time between two tokens of running answers while a prompt of 8,000 tokens is read.
// "waiting": what scheduling costs a step, and a waiting request in memory. "turns": a second turn of a conversation with and without kept texts.
// Arguments: which of them, threads (2), edits of the pipeline. Needs a quiet machine.
string what = args.Length > 0 ? args[0] : "gap";
int threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Spud.sln")))
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No folder above this program holds Spud.sln.");

DirectoryInfo output = new(AppContext.BaseDirectory);
using PluginCatalog plugins = PluginCatalog.Discover(Path.Combine(root, "Spud.Host", "bin", output.Parent!.Name, output.Name, "plugins"));
string[] edits = [$"model={Path.Combine(root, "models", "smollm2-135m-instruct-q4_1.gguf")}", .. args.Skip(2)];
using LanguageModel model = LanguageModel.Load(PipelineDocument.Load(null, edits), plugins, new PipelineOptions { Threads = threads, Sequences = 4 });
Random random = new(1);
Console.WriteLine($"{Environment.ProcessorCount} processors, {threads} threads, .NET {Environment.Version}");
switch (what)
{
    case "gap":
        Gap();
        break;
    case "waiting":
        foreach (int waiting in new[] { 0, 1_000, 10_000 })
            Waiting(waiting);
        break;
    case "turns":
        Turns();
        break;
    default:
        throw new ArgumentException($"Unknown measurement '{what}': gap, waiting or turns.");
}

void Gap()
{
    int[] prompt = Text(8_000);
    Request running = model.Generate(Text(40), Options(4_000), CancellationToken.None), other = model.Generate(prompt, Options(1), CancellationToken.None);
    List<double> before = [], during = [];
    long last = 0;
    Thread? reader = null;
    long start = 0;
    foreach (TextPiece _ in running.ToBlockingEnumerable())
    {
        long now = Stopwatch.GetTimestamp();
        if (last > 0)
            (reader is null ? before : during).Add(Stopwatch.GetElapsedTime(last, now).TotalMilliseconds);
        last = now;
        if (other.State == RequestState.Finished)
            break;
        if (before.Count < 60 || reader is not null)
            continue;

        start = now;
        reader = new(() => Drain(other)) { IsBackground = true };
        reader.Start();
    }

    reader!.Join();
    Console.WriteLine(FormattableString.Invariant($"prompt of 8,000 tokens beside one answer: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s in {other.Ledger![Phase.Prefill].Steps} steps"));
    Show("gap before", before);
    Show("gap during", during);
}

void Waiting(int count)
{
    using CancellationTokenSource stop = new();
    Request[] running = [.. Enumerable.Range(0, 4).Select(_ => model.Generate(Text(40), Options(80), CancellationToken.None))];
    Thread[] readers = [.. running.Select(request => new Thread(() => Drain(request)))];
    Array.ForEach(readers, reader => reader.Start());
    while (running.Any(request => request.GeneratedTokens == 0))
        Pause(1);

    int[] prompt = Text(100);
    GenerationOptions options = Options(1);
    long bytes = GC.GetTotalMemory(forceFullCollection: true);
    IAsyncEnumerator<TextPiece>[] waiting = [.. Enumerable.Range(0, count).Select(_ => model.Generate(prompt, options, stop.Token).GetAsyncEnumerator())];
    ValueTask<bool>[] moves = [.. waiting.Select(reader => reader.MoveNextAsync())];
    bytes = GC.GetTotalMemory(forceFullCollection: true) - bytes;
    Pause(100);
    LoopStatus first = model.Status;
    while (running.All(request => request.State == RequestState.Decoding))
        Pause(1);

    LoopStatus second = model.Status;
    stop.Cancel();
    foreach (ValueTask<bool> move in moves)
        _ = move.AsTask().Result;
    Array.ForEach(readers, reader => reader.Join());
    long steps = second.Steps - first.Steps;
    double scheduling = (second.SchedulingTime - first.SchedulingTime).TotalMilliseconds / steps, step = (second.StepTime - first.StepTime).TotalMilliseconds / steps;
    Console.WriteLine(FormattableString.Invariant($"{first.Waiting} waiting, {first.Running} running: step {step:0.00} ms, of which scheduling {scheduling:0.0000} ms ({100 * scheduling / step:0.00} %), {bytes / Math.Max(1, count)} bytes per waiting request; {steps} steps"));
}

void Turns()
{
    int[] first = Text(2_000);
    foreach (string? name in new[] { null, "chat" })
    {
        GenerationOptions options = Options(40);
        options.PrefixSharing = name;
        Request turn = model.Generate(first, options, CancellationToken.None);
        int[] answer = [.. turn.ToBlockingEnumerable().Select(piece => piece.Token).OfType<int>()];
        Request next = model.Generate([.. first, .. answer, .. Text(20)], options, CancellationToken.None);
        Drain(next);
        Console.WriteLine(FormattableString.Invariant($"{(name is null ? "without" : "with")} kept texts: second turn reads {next.Ledger![Phase.Prefill].Tokens} of {next.PromptTokens} tokens, first token after {next.TimeToFirstToken.TotalMilliseconds:0} ms"));
    }
}

int[] Text(int tokens) => [.. Enumerable.Range(0, tokens).Select(_ => random.Next(100, model.Pipeline.Model.Vocabulary))];

static void Drain(Request request)
{
    foreach (TextPiece _ in request.ToBlockingEnumerable())
    {
    }
}

// The loop tells nobody how far it is.
static void Pause(int milliseconds) => Task.Delay(milliseconds).Wait();

static GenerationOptions Options(int tokens) => new() { MaxTokens = tokens, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } };

static void Show(string name, List<double> gaps)
{
    double[] sorted = [.. gaps.Order()];
    double At(double part) => sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];
    Console.WriteLine(FormattableString.Invariant($"{name}: {sorted.Length} gaps, median {At(0.5):0} ms, 95 % {At(0.95):0} ms, 99 % {At(0.99):0} ms, longest {sorted[^1]:0} ms"));
}
