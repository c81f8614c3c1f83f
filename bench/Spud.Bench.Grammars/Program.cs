using System.Diagnostics;
using Spud.Bench.Grammars;
using Spud.Models;
using Spud.Sampling;
using Spud.Text.Grammars;
using Spud.Text.Tokenization;

// What a constraint costs for each token: a mask of the vocabulary, and sampling under it. Arguments: model or vocabulary files (the default
// model). The first text of a grammar computes the masks of its states, the others are different texts of the same grammar, each with a
// cursor of its own, as requests have. Then whole steps of the default model. Needs a quiet machine.
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Spud.sln")))
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No folder above this program holds Spud.sln.");

string[] files = args.Length > 0 ? args : [Path.Combine(root, "models", "smollm2-135m-instruct-q4_1.gguf")];
Warm(files[0]);
Console.WriteLine($".NET {Environment.Version}, {Environment.ProcessorCount} processors; microseconds for each token");
Console.WriteLine("| vocabulary | tokens | tree ms | grammar | compile ms | first text | its slowest | others | their slowest | sampling | with mask |");
Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
foreach (string file in files)
{
    using GgufFile model = GgufFile.Open(file);
    Tokenizer tokenizer = Tokenizer.Load(model.Metadata);
    double tree = Milliseconds(() => TokenConstraint.Compile(Grammar.JsonObject, tokenizer));
    foreach (Workload workload in Workload.All)
        Measure(Path.GetFileNameWithoutExtension(file), tokenizer, tree, workload);
}

Decoding.Run(root, Path.Combine(root, "models", "smollm2-135m-instruct-q4_1.gguf"), rounds: 15);

static void Warm(string file)
{
    using GgufFile model = GgufFile.Open(file);
    Tokenizer tokenizer = Tokenizer.Load(model.Metadata);
    foreach (Workload workload in Workload.All)
    {
        TokenConstraint constraint = TokenConstraint.Compile(workload.Grammar(), tokenizer);
        foreach (string text in workload.Texts)
            Write(constraint, tokenizer, text);
    }
}

static void Measure(string name, Tokenizer tokenizer, double tree, Workload workload)
{
    TokenConstraint? constraint = null;
    double compile = Milliseconds(() => constraint = TokenConstraint.Compile(workload.Grammar(), tokenizer));
    double[] first = Write(constraint!, tokenizer, workload.Texts[0]);
    double[] others = [.. workload.Texts.Skip(1).SelectMany(text => Write(constraint!, tokenizer, text))];
    (double plain, double masked) = Sample(constraint!, tokenizer, workload.Texts[1]);
    Console.WriteLine(FormattableString.Invariant(
        $"| {name} | {tokenizer.VocabularySize} | {tree:0} | {workload.Name} | {compile:0.0} | {first.Average():0} | {first.Max():0} | {others.Average():0.0} | {others.Max():0} | {plain:0} | {masked:0} |"));
}

// Masks and steps of one text.
static double[] Write(TokenConstraint constraint, Tokenizer tokenizer, string text)
{
    using ConstraintCursor cursor = constraint.Begin();
    List<double> times = [];
    foreach (int id in tokenizer.Encode(text, addSpecial: false, parseSpecial: false))
    {
        long start = Stopwatch.GetTimestamp();
        bool isAllowed = TokenMask.Has(cursor.Allowed(), id);
        if (!isAllowed)
            throw new InvalidOperationException($"'{tokenizer.TextOf(id)}' of {text} is not allowed.");

        cursor.Accept(id);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }

    return cursor.MayEnd ? [.. times] : throw new InvalidOperationException($"{text} is not complete.");
}

// Sampling with and without a mask, of the same logits; medians over a text.
static (double Plain, double Masked) Sample(TokenConstraint constraint, Tokenizer tokenizer, string text)
{
    Random random = new(1);
    float[] logits = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(_ => (float)(random.NextDouble() * 20))];
    Sampler sampler = new(new() { Seed = 1 }, tokenizer.VocabularySize);
    List<double> plain = [], masked = [];
    for (int round = 0; round < 5; round++)
    {
        using ConstraintCursor cursor = constraint.Begin();
        foreach (int id in tokenizer.Encode(text, addSpecial: false, parseSpecial: false))
        {
            ReadOnlySpan<ulong> mask = cursor.Allowed();
            long start = Stopwatch.GetTimestamp();
            sampler.Sample(logits);
            long middle = Stopwatch.GetTimestamp();
            sampler.Sample(logits, mask);
            plain.Add(Stopwatch.GetElapsedTime(start, middle).TotalMicroseconds);
            masked.Add(Stopwatch.GetElapsedTime(middle).TotalMicroseconds);
            cursor.Accept(id);
        }
    }

    plain.Sort();
    masked.Sort();
    return (plain[plain.Count / 2], masked[masked.Count / 2]);
}

static double Milliseconds(Action work)
{
    long start = Stopwatch.GetTimestamp();
    work();
    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}
