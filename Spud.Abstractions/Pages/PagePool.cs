namespace Spud;

/// <summary>All pages of one layer, allocated once in the domain of the attention that reads them: a page is an index, never an address.</summary>
public sealed class PagePool
{
    /// <summary>[N, G, P, D].</summary>
    public required TensorView Keys { get; init; }

    /// <summary>[N, G, P, Dv].</summary>
    public required TensorView Values { get; init; }

    /// <summary>I32 [N, P]: position of each key; written by the host, and always in its memory.</summary>
    public required TensorView Positions { get; init; }
}
