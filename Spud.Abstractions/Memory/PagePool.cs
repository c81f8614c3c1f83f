namespace Spud;

/// <summary>The pages of one pool of a layer, allocated once in the domain of the attention that reads them. Pages are named by their index.</summary>
public sealed class PagePool
{
    /// <summary>[N, G, P, D]; in a per-head pool [N, 1, P, D].</summary>
    public required TensorView Keys { get; init; }

    /// <summary>[N, G, P, Dv]; in a per-head pool [N, 1, P, Dv].</summary>
    public required TensorView Values { get; init; }

    /// <summary>I32 [N, P]: position of each key; written by the host, always in host memory.</summary>
    public required TensorView Positions { get; init; }
}
