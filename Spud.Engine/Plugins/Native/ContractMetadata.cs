using System.Reflection.Metadata;

namespace Spud.Plugins.Native;

/// <summary>The metadata of the loaded contract, read from memory: the host may be a single file without assemblies next to it.</summary>
internal static unsafe class ContractMetadata
{
    /// <exception cref="InvalidOperationException">The contract was created at run time.</exception>
    public static MetadataReader Open() => typeof(ISpudPlugin).Assembly.TryGetRawMetadata(out byte* blob, out int length)
        ? new MetadataReader(blob, length)
        : throw new InvalidOperationException("the contract's assembly has no metadata");
}
