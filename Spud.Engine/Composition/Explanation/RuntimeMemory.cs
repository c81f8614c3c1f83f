namespace Spud.Composition;

/// <summary>
/// Private memory that no pipeline allocates and every process with one has, as measured (RssAnon on Linux, .NET 10, x64; compiled code lies
/// in shared memory and is not in it). A test holds the sum of an explanation to 10 % of a real process.
/// </summary>
internal static class RuntimeMemory
{
    /// <summary>
    /// .NET and Spud's managed objects: what was left of 8.5 MiB when <c>spud bench</c> had filled the context of a model of 0.7 MB, less 1.6
    /// MiB that the pipeline had allocated.
    /// </summary>
    public const long Base = 13L << 19;

    /// <summary>A thread that computes: 1 thread took 7.8 MiB there, 8 threads 9.5.</summary>
    public const long PerThread = 1L << 18;

    /// <summary>The tokenizer's tables for each entry of the vocabulary: with 49,152 entries 3 MiB more were left than with 512.</summary>
    public const long PerToken = 64;
}
