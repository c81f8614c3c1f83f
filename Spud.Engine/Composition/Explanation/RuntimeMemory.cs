namespace Spud.Composition;

/// <summary>
/// Private memory that no pipeline allocates but every process with one has, as measured (RssAnon on Linux, .NET 10, x64; compiled code is
/// in shared memory and not included). A test checks that the sum of an explanation is within 10 % of a real process.
/// </summary>
internal static class RuntimeMemory
{
    /// <summary>
    /// .NET and Spud's managed objects: the remainder of 8.5 MiB after <c>spud bench</c> had filled the context of a 0.7 MB model, minus the 1.6
    /// MiB allocated by the pipeline.
    /// </summary>
    public const long Base = 13L << 19;

    /// <summary>Per compute thread: 1 thread used 7.8 MiB there, 8 threads 9.5.</summary>
    public const long PerThread = 1L << 18;

    /// <summary>The tokenizer's tables per vocabulary entry: 49,152 entries used 3 MiB more than 512.</summary>
    public const long PerToken = 64;
}
