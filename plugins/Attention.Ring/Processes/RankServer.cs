using Attention.Ring.Native;
using Spud;

namespace Attention.Ring.Processes;

/// <summary>Does what rank 0 asks for: keeps pages and folds queries over them, until the program ends.</summary>
/// <param name="link">Connects the ranks.</param>
/// <param name="build">Model and limits.</param>
/// <param name="memory">Memory for pages.</param>
/// <param name="fold">The fold of this rank.</param>
internal sealed class RankServer(IRankLink link, IFoldBuildContext build, RankDomain memory, IFold fold) : IDisposable
{
    private readonly IMemoryDomain _host = build.Host;
    private readonly ModelDescription _model = build.Model;
    private readonly NativeBuffer _received = new(), _replied = new();
    private readonly SequenceSlice[] _slices = new SequenceSlice[build.Limits.StepSequences];
    private readonly ServedPages _pages = new(build.Host, memory);
    private bool _isEnded;

    /// <summary>A fault in a message that wanted no reply: reported with the next one.</summary>
    private Exception? _fault;

    /// <exception cref="RankLostException">Rank 0 is lost.</exception>
    public void Serve()
    {
        while (!_isEnded)
        {
            link.Receive(0, _received, patience: null);
            Answer(new(_received));
        }
    }

    public void Dispose()
    {
        _pages.Dispose();
        _received.Dispose();
        _replied.Dispose();
    }

    private void Answer(MessageReader message)
    {
        int number = message.Take<int>();
        bool wantsReply = message.Take<int>() != 0;
        MessageWriter reply = Begin(number, RankStatus.Done);
        try
        {
            while ((RankCommand)message.Take<int>() is not RankCommand.None and { } command)
                Do(command, ref message, reply);
        }
        catch (Exception fault)
        {
            _fault ??= fault;
        }

        if (!wantsReply)
            return;

        if (_fault is { } failed)
        {
            Begin(number, failed is InsufficientMemoryException ? RankStatus.OutOfMemory : RankStatus.Failed).Put(failed is InsufficientMemoryException ? failed.Message : $"{failed.GetType().Name}: {failed.Message}");
            _fault = null;
        }

        link.Send(0, _replied.Bytes, patience: null);
    }

    private MessageWriter Begin(int number, RankStatus status)
    {
        MessageWriter reply = new(_replied);
        reply.Clear();
        reply.Put(number);
        reply.Put((int)status);
        return reply;
    }

    private void Do(RankCommand command, ref MessageReader message, MessageWriter reply)
    {
        switch (command)
        {
            case RankCommand.End:
                _isEnded = true;
                break;
            case RankCommand.Allocate:
                reply.Put((long)_pages.Allocate(message.Take<long>()));
                break;
            case RankCommand.Free:
                _pages.Free((nint)message.Take<long>(), message.Take<long>());
                break;
            case RankCommand.CopyIn:
                TensorView destination = message.TakePlace(memory);
                _host.Copy(message.TakeTensor(_host, (ElementType)message.Take<int>(), destination.Shape), destination);
                break;
            case RankCommand.CopyOut:
                reply.PutTensor(message.TakePlace(memory));
                break;
            case RankCommand.CopyWithin:
                _host.Copy(message.TakePlace(memory), message.TakePlace(memory));
                break;
            case RankCommand.Append:
                Append(ref message);
                break;
            case RankCommand.Fold:
                Fold(ref message, reply);
                break;
            case RankCommand.AddKeyMass:
                AddKeyMass(ref message, reply);
                break;
            case RankCommand.Wait:
                break;
            default:
                throw new InvalidDataException($"unknown command {(int)command}");
        }
    }

    private void Append(ref MessageReader message)
    {
        TensorView key = message.TakePlace(memory), value = message.TakePlace(memory), slots = message.TakeInts(_host);
        PagePool pool = _pages.PoolOf(message.TakePlace(memory), message.TakePlace(memory));
        memory.Append(new() { Query = default, Key = key, Value = value }, slots, pool);
    }

    private void Fold(ref MessageReader message, MessageWriter reply)
    {
        FoldMessage asked = FoldMessage.Read(ref message, _host, memory);
        PageView pages = PagesOf(asked, ref message);
        (int rows, int heads, int width) = (asked.Query.Shape[0], asked.Query.Shape[1], _model.Layers[asked.Layer].Kv.ValueWidth);
        int max = reply.Reserve(rows * heads * sizeof(float)), sum = reply.Reserve(rows * heads * sizeof(float)), accumulator = reply.Reserve(rows * heads * width * sizeof(float));
        AttentionState state = new()
        {
            Max = new(_host, _replied.Address + max, ElementType.F32, rows, heads),
            Sum = new(_host, _replied.Address + sum, ElementType.F32, rows, heads),
            Accumulator = new(_host, _replied.Address + accumulator, ElementType.F32, rows, heads, width),
        };
        state.Sum.AsSpan<float>().Clear();
        fold.Fold(asked.Layer, StepOf(asked), asked.Query, new ReadOnlySpan<PageView>(in pages), state);
    }

    private void AddKeyMass(ref MessageReader message, MessageWriter reply)
    {
        FoldMessage asked = FoldMessage.Read(ref message, _host, memory);
        PageView pages = PagesOf(asked, ref message);
        (int rows, int heads, int kvHeads, int context) = (asked.Query.Shape[0], asked.Query.Shape[1], _model.Layers[asked.Layer].Kv.Heads, build.Limits.ContextTokens);
        AttentionState state = new() { Max = message.TakeTensor(_host, ElementType.F32, rows, heads), Sum = message.TakeTensor(_host, ElementType.F32, rows, heads), Accumulator = default };
        int at = reply.Reserve(checked(kvHeads * context * sizeof(float)));
        TensorView mass = new(_host, _replied.Address + at, ElementType.F32, kvHeads, context);
        mass.AsSpan<float>().Clear();
        ((IGivesKeyMass)fold).AddKeyMass(asked.Layer, StepOf(asked), asked.Query, new ReadOnlySpan<PageView>(in pages), state, mass);
    }

    private Step StepOf(in FoldMessage asked)
    {
        asked.Sequences.CopyTo(_slices);
        return new() { TokenIds = asked.TokenIds, Positions = asked.Positions, SequenceOfRow = asked.SequenceOfRow, Slices = _slices.AsMemory(0, asked.Sequences.Length) };
    }

    private PageView PagesOf(in FoldMessage asked, ref MessageReader message)
    {
        PagePool pool = _pages.PoolOf(asked.Keys, asked.Values);
        asked.NotePositions(ref message, pool.Positions);
        return new() { Pool = pool, Runs = asked.Runs, RunOffsets = asked.RunOffsets, HeadRunOffsets = asked.HeadRunOffsets };
    }
}
