using Spud.Execution;
using Spud.Models;

namespace Spud.Training.Drafts;

/// <summary>Writes trained blocks as a pack of drafter "heads": matrices in Q8_0, the tokens that they can propose, and the hash of the model.</summary>
internal static class HeadPack
{
    private static readonly HostDomain s_host = new();

    /// <param name="model">The blocks.</param>
    /// <param name="target">The model for which they were trained.</param>
    /// <param name="coverage">The part of held-out answers that are such tokens.</param>
    /// <param name="path">The file.</param>
    public static void Write(HeadModel model, GgufFile target, double coverage, string path)
    {
        GgufWriter file = new();
        file.Set("general.architecture", "spud-pack");
        file.Set(PackFile.ModelKey, ModelHash.Of(target));
        file.Set("heads.count", model.Blocks);
        file.Set("heads.sees_tokens", model.SeesTokens ? 1 : 0);
        file.Set("heads.token_count", model.Tokens.Length);
        file.Set("heads.coverage", coverage);
        file.Add("heads.tokens", [.. model.Tokens.Select(static id => (float)id)], model.Tokens.Length);
        foreach ((string name, float[] values) in model.Named())
        {
            if (values.Length == model.Width)
                file.Add(name, values, model.Width);
            else
                file.Add(name, ElementType.Q8_0, [model.Width, model.Width], stream => stream.Write(Encoded(values)));
        }

        file.Save(path);
    }

    /// <summary>A matrix of the model as F32.</summary>
    public static float[] Expanded(GgufFile file, string name)
    {
        GgufTensor tensor = file.Tensors.First(tensor => tensor.Name == name);
        return Converted(tensor.Type, file.AddressOf(tensor), ElementType.F32, checked((int)tensor.Shape.Aggregate(1L, static (product, axis) => product * axis))).AsSpan<float>().ToArray();
    }

    private static byte[] Encoded(float[] values)
    {
        nint block = s_host.Allocate(values.Length * sizeof(float));
        try
        {
            values.CopyTo(new TensorView(s_host, block, ElementType.F32, values.Length).AsSpan<float>());
            return Converted(ElementType.F32, block, ElementType.Q8_0, values.Length).AsSpan<byte>().ToArray();
        }
        finally
        {
            s_host.Free(block, values.Length * sizeof(float));
        }
    }

    // Lives as long as the program, which writes one pack.
    private static TensorView Converted(ElementType from, nint address, ElementType to, int elements)
    {
        TensorView target = new(s_host, s_host.Allocate(to.BytesOf(elements)), to, elements);
        s_host.Copy(new TensorView(s_host, address, from, elements), target);
        return target;
    }
}
