using Spud;

namespace Backend.Torch.Shared;

/// <summary>Expands rows of a weight into a component's memory; each part is a number of rows.</summary>
internal struct ExpandJob : IJob
{
    public required IMemoryDomain Host, Domain;

    /// <summary>[N, K] or [N], as in the file.</summary>
    public required TensorView From;

    /// <summary>The same shape, in the component's type and domain.</summary>
    public required TensorView To;

    public required int RowsOfPart;

    /// <summary>F32 [workers, elements], or absent if the host converts in one operation.</summary>
    public required TensorView Staging;

    public readonly void Run(int part, int worker)
    {
        int first = part * RowsOfPart, rows = Math.Min(RowsOfPart, From.Shape[0] - first);
        TensorView from = From.Rows(first, rows), to = To.Rows(first, rows);
        if (!Staging.IsPresent)
        {
            Host.Copy(from, to);
            return;
        }

        TensorView staged = new(Host, Staging.At(worker).Address, ElementType.F32, from.Shape);
        Host.Copy(from, staged);
        Domain.Copy(staged, to);
    }
}
