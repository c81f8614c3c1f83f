namespace Spud.Execution;

/// <summary>Embeds token ids as hidden rows.</summary>
internal sealed class EmbedOperation(BoundComponent<IHead> head, int costSlot) : ComponentOperation(head, null, costSlot)
{
    public override string Name => "embed";

    public override bool WritesHidden => true;

    public override void Run(Batch batch, StepMeter meter) => head.Component.Embed(StepOf(isFirst: true), Domain.Hidden(batch.Rows));
}

/// <summary>Computes logits from hidden rows, for the rows whose logits are read.</summary>
internal sealed class LogitsOperation(BoundComponent<IHead> head, int costSlot) : ComponentOperation(head, null, costSlot)
{
    public override string Name => "logits";

    public override void Run(Batch batch, StepMeter meter)
    {
        if (batch.LogitRowCount > 0)
            head.Component.Logits(StepOf(isFirst: false), Domain.Hidden(batch.Rows), batch.RowsWithLogits, Domain.Logits(batch));
    }
}

/// <summary>Applies the final norm to hidden rows.</summary>
internal sealed class NormaliseOperation(BoundComponent<IHead> head, IFinalNorm norm, int maxRows, int costSlot) : ComponentOperation(head, null, costSlot)
{
    private readonly int[] _rows = [.. Enumerable.Range(0, maxRows)];

    public override string Name => "normalise";

    public override void Run(Batch batch, StepMeter meter)
    {
        int count = batch.NormedRowCount;
        ReadOnlySpan<int> rows = batch.NormsLogitRows ? batch.RowsWithLogits : _rows.AsSpan(batch.Rows - count, count);
        norm.Normalise(StepOf(isFirst: false), Domain.Hidden(batch.Rows), rows, Domain.Normed(count));
    }
}
