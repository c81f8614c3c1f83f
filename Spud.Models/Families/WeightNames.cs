using System.Collections.Immutable;

namespace Spud.Models.Families;

/// <summary>
/// Canonical names: llama.cpp's of a mixture. A dense layer is a mixture of one expert, and each family's data names what it calls otherwise.
/// </summary>
internal static class WeightNames
{
    /// <summary>RoPE's factors: read by the family, no component takes them.</summary>
    public const string FrequencyFactors = "rope_freqs.weight";

    private static readonly ImmutableArray<string> s_denseMatrices = ["ffn_gate.weight", "ffn_up.weight", "ffn_down.weight"];

    public static IEnumerable<WeightEntry> Canonical(GgufFile file, Family family) =>
        file.Tensors.Where(tensor => tensor.Name != FrequencyFactors).Select(tensor => Entry(file, tensor, family));

    private static WeightEntry Entry(GgufFile file, GgufTensor tensor, Family family)
    {
        (string block, string suffix) = Split(tensor.Name);
        bool dense = s_denseMatrices.Contains(suffix) && tensor.Shape.Length == 2;
        foreach ((string name, string canonical) in family.Renames)
            suffix = suffix == name ? canonical : suffix;

        return new()
        {
            Name = block + (dense ? suffix.Replace(".weight", "_exps.weight") : suffix),
            FileName = tensor.Name,
            Shape = dense ? [1, .. tensor.Shape] : tensor.Shape,
            Type = tensor.Type,
            Address = file.AddressOf(tensor),
            Bytes = tensor.Bytes,
            Release = () => file.Release(tensor),
        };
    }

    private static (string Block, string Suffix) Split(string name)
    {
        int dot = name.StartsWith("blk.", StringComparison.Ordinal) ? name.IndexOf('.', "blk.".Length) : -1;
        return dot < 0 ? ("", name) : (name[..(dot + 1)], name[(dot + 1)..]);
    }
}
