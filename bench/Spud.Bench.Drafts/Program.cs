using System.Globalization;
using Spud;
using Spud.Bench.Drafts;
using Spud.Configuration;
using Spud.Generation;
using Spud.Plugins;
using Spud.Text.ChatTemplates;

// Greedy answers of the default model with a drafter and without, in turns, on one pool of threads: whether the text is the same, token for token, and how
// much faster it comes; and what an oracle would take that knows which tokens of each draft hold. Arguments: number of questions (1000), tokens of an answer (96), threads (2), the drafter (lookup), seconds after which no
// question is begun (none), the kind of questions (all, or ""), what lengths are chosen for (latency; with fixed, the drafter's own), llama.cpp's llama-server
// (none), which answers the same questions in turns with ours, with its own drafts and without, and its --spec-type (ngram-simple). Needs a quiet machine.
int count = Number(0, 1000), tokens = Number(1, 96), threads = Number(2, 2), seconds = Number(4, int.MaxValue);
string drafter = args.Length > 3 ? args[3] : "lookup", only = args.Length > 5 ? args[5] : "", peerDrafts = args.Length > 8 ? args[8] : "ngram-simple";
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Spud.sln")))
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No folder above this program holds Spud.sln.");

string model = Path.Combine(root, "models", "smollm2-135m-instruct-q4_1.gguf");
DirectoryInfo output = new(AppContext.BaseDirectory);
using PluginCatalog plugins = PluginCatalog.Discover(Path.Combine(root, "Spud.Host", "bin", output.Parent!.Name, output.Name, "plugins"));
using StepLoop loop = new(threads);
using LanguageModel plain = Load(), drafted = Load($"drafter={drafter}");
DraftPreference prefer = args.Length > 6 ? Enum.Parse<DraftPreference>(args[6], ignoreCase: true) : DraftPreference.Latency;
GenerationOptions options = new() { MaxTokens = tokens, Sampling = new() { Temperature = 0 }, Prefer = prefer };
using PeerServer? peerWithout = args.Length > 7 ? await PeerServer.StartAsync(args[7], model, 18490, threads, "none") : null;
using PeerServer? peerWith = args.Length > 7 ? await PeerServer.StartAsync(args[7], model, 18491, threads, peerDrafts) : null;
Dictionary<string, KindSums> kinds = [], oracleKinds = [], peerKinds = [];
long end = Environment.TickCount64 + 1000L * Math.Min(seconds, 100_000);
int different = 0, asked = 0;
foreach ((string kind, ChatMessage question) in PromptSet.Of(root, count).Where(one => only is "" || one.Kind == only))
{
    if (Environment.TickCount64 > end)
        break;

    int[] prompt = plain.Encode([question]);
    bool isPlainFirst = asked++ % 2 == 0;
    (int[] Ids, Request Request) first = Answer(isPlainFirst ? plain : drafted, prompt), second = Answer(isPlainFirst ? drafted : plain, prompt);
    (int[] Ids, Request Request) without = isPlainFirst ? first : second, with = isPlainFirst ? second : first;
    different += without.Ids.SequenceEqual(with.Ids) ? 0 : 1;
    if (without.Ids.Length > 8)
    {
        SumsOf(kinds, kind).Add(without.Request.GeneratedTokens - 1, without.Request.DecodeTime, with.Request.DecodeTime, with.Request.Ledger!.Drafts!.Drafted, with.Request.Ledger!.Drafts!.Accepted);
        SumsOf(oracleKinds, kind).Add(without.Request.GeneratedTokens - 1, without.Request.DecodeTime, OracleReplay.Time(drafted, prompt, with.Ids, with.Request.Ledger!.Drafts!), with.Request.Ledger!.Drafts!.Accepted, with.Request.Ledger!.Drafts!.Accepted);
    }

    if (peerWithout is not null && peerWith is not null)
    {
        PeerAnswer? before = isPlainFirst ? await peerWithout.AnswerAsync(prompt, tokens) : null;
        PeerAnswer peer = await peerWith.AnswerAsync(prompt, tokens);
        before ??= await peerWithout.AnswerAsync(prompt, tokens);
        if (peer.Tokens > 8 && peer.Tokens == before.Tokens)
            SumsOf(peerKinds, kind).Add(peer.Tokens - 1, before.Time, peer.Time, peer.Drafted, peer.Accepted);
    }
}

Console.WriteLine($"{asked} questions of up to {tokens} tokens, {different} answers differ; drafter {drafter}, lengths for {prefer}, {threads} threads, {Environment.ProcessorCount} processors, .NET {Environment.Version}");
Write(kinds);
Console.WriteLine("An oracle that drafts what holds, and no more:");
Write(oracleKinds);
if (peerKinds.Count > 0)
{
    Console.WriteLine($"llama.cpp, {peerDrafts}:");
    Write(peerKinds);
}

static void Write(Dictionary<string, KindSums> kinds)
{
    Console.WriteLine("| kind | questions | tokens/s without | with | ratio | 95 % interval | tokens/step | accepted |");
    Console.WriteLine("|---|---|---|---|---|---|---|---|");
    foreach ((string kind, KindSums sums) in kinds)
        Console.WriteLine($"| {kind} | {sums} |");
}

static KindSums SumsOf(Dictionary<string, KindSums> kinds, string kind) => kinds.TryGetValue(kind, out KindSums? sums) ? sums : kinds[kind] = new();

int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

LanguageModel Load(params string[] edits) => LanguageModel.Load(
    PipelineDocument.Load(null, [$"model={model}", "context=2048", .. edits]), plugins, new() { Threads = threads }, loop);

(int[] Ids, Request Request) Answer(LanguageModel model, int[] prompt)
{
    Request request = model.Generate(prompt, options);
    return ([.. request.ToBlockingEnumerable().Where(static piece => piece.Token is not null).Select(static piece => piece.Token!.Value)], request);
}
