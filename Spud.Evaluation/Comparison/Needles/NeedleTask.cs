using System.Collections.Immutable;
using System.Security.Cryptography;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>Questions whose answers are somewhere in a long context: generated, or from a file.</summary>
public sealed class NeedleTask
{
    private readonly NeedleFile? _file;

    private NeedleTask(NeedleKind kind, NeedleFile? file, string? sha256, NeedleSettings settings) => (Kind, _file, Sha256, Settings) = (kind, file, sha256, settings);

    /// <summary>What is hidden.</summary>
    public NeedleKind Kind { get; }

    /// <summary>Display name.</summary>
    public string Name => NameOf(Kind);

    /// <summary>The file; null if generated.</summary>
    public string? File => _file?.Path;

    /// <summary>Hash of the file's bytes; null if generated.</summary>
    public string? Sha256 { get; }

    /// <summary>How it is asked.</summary>
    public NeedleSettings Settings { get; }

    /// <summary>Tokens of the longest context with its question and answer; null if the file determines it.</summary>
    public int? ContextTokens => _file is null ? Settings.Lengths.Max() : null;

    /// <summary>Names of all kinds.</summary>
    public static IEnumerable<string> KindNames => Enum.GetValues<NeedleKind>().Select(NameOf);

    /// <summary>Generated questions of a kind.</summary>
    /// <exception cref="ComparisonException">A setting is out of range.</exception>
    public static NeedleTask Generated(NeedleKind kind, NeedleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Require();
        return new(kind, null, null, settings);
    }

    /// <summary>Questions of a file: LongChat lines, or key-value pairs of "Lost in the middle"; a name that ends in .gz is unpacked.</summary>
    /// <exception cref="ComparisonException">The file is missing or invalid.</exception>
    public static NeedleTask OfFile(NeedleKind kind, string path, NeedleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Require();
        if (kind is not (NeedleKind.Lines or NeedleKind.Pairs))
            throw new ComparisonException($"{path}: {NameOf(kind)} are generated and take no file. Kinds with files: {NameOf(NeedleKind.Lines)}, {NameOf(NeedleKind.Pairs)}.");

        byte[] content = NeedleFile.Content(path);
        return new(kind, NeedleFile.Read(kind, path, content), Convert.ToHexStringLower(SHA256.HashData(content)), settings);
    }

    /// <summary>Finds a kind by name; null if there is none.</summary>
    public static NeedleKind? KindOf(string name) => Enum.GetValues<NeedleKind>().Where(kind => NameOf(kind) == name).Select(kind => (NeedleKind?)kind).FirstOrDefault();

    /// <summary>The contexts, in the order in which they are read.</summary>
    /// <param name="tokenizer">The common tokenizer of all models.</param>
    /// <param name="borderTokens">Where caches decide what to keep: contexts end there.</param>
    internal ImmutableArray<NeedleContext> Contexts(Tokenizer tokenizer, int borderTokens) =>
        _file is null ? [.. new NeedleGenerator(Kind, tokenizer, borderTokens, Settings).Contexts()] : [.. _file.Contexts(tokenizer, borderTokens, Settings)];

    private static string NameOf(NeedleKind kind) => kind.ToString().ToLowerInvariant();
}

/// <summary>What is hidden in a context.</summary>
public enum NeedleKind
{
    /// <summary>One number in a repetitive text.</summary>
    Passkey,

    /// <summary>The value of a key among many pairs, as JSON.</summary>
    Pairs,

    /// <summary>The number of a named line among many lines, as in LongChat.</summary>
    Lines,

    /// <summary>Several numbers, one per city, in a repetitive text; each is asked for.</summary>
    Needles,
}

/// <summary>How needles are hidden and asked for.</summary>
public sealed record NeedleSettings
{
    /// <summary>Tokens of a context with its question and answer.</summary>
    public ImmutableArray<int> Lengths { get; init; } = [4096];

    /// <summary>Where the needle is, 0 (at the beginning) to 1.</summary>
    public ImmutableArray<double> Depths { get; init; } = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>Questions of each kind, length and depth; of a file, contexts from its beginning.</summary>
    public int Cases { get; init; } = 4;

    /// <summary>Whether the question also precedes the context, so that a cache that decides by attention knows it.</summary>
    public bool QuestionFirst { get; init; }

    /// <summary>Random seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{string.Join(' ', Lengths)}; {string.Join(' ', Depths)}; {Cases} {QuestionFirst} {Seed}");

    internal void Require()
    {
        if (Lengths.Length == 0 || Lengths.Any(length => length < 256))
            throw new ComparisonException($"lengths: expected 256 tokens or more, got {string.Join(", ", Lengths)}.");
        if (Depths.Length == 0 || Depths.Any(depth => depth is not (>= 0 and <= 1)))
            throw new ComparisonException($"depths: expected 0 to 1, got {FormattableString.Invariant($"{string.Join(", ", Depths)}")}.");
        if (Cases < 1)
            throw new ComparisonException($"cases: expected at least 1, got {Cases}.");
    }
}
