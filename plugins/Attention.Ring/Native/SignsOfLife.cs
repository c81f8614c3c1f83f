namespace Attention.Ring.Native;

/// <summary>
/// In rank 0: a thread that sends every other rank an empty message now and then, whatever the program does meanwhile. A rank that gets none knows
/// that the program was killed or has stopped.
/// </summary>
/// <param name="ranks">Number of ranks.</param>
/// <param name="every">Time between two signs.</param>
/// <param name="calls">Held during calls of MPI.</param>
internal sealed class SignsOfLife(int ranks, TimeSpan every, Lock calls)
{
    private readonly TaskCompletionSource _leaving = new();

    // [rank]: the send of the last sign; 0 before the first one.
    private readonly nint[] _sends = new nint[ranks];

    public void Start() => new Thread(Send) { IsBackground = true, Name = "ring signs of life" }.Start();

    /// <summary>No sign is sent from now on.</summary>
    public void Stop() => _leaving.TrySetResult();

    private void Send()
    {
        bool[] isGone = new bool[ranks];
        while (!_leaving.Task.Wait(every))
        {
            for (int rank = 1; rank < ranks; rank++)
                isGone[rank] = isGone[rank] || !TrySend(rank);
        }
    }

    /// <summary>Sends a sign, unless the rank has not taken the last one yet; false if it cannot be reached, which its next reply will tell the program.</summary>
    private unsafe bool TrySend(int rank)
    {
        lock (calls)
        {
            try
            {
                if (!_leaving.Task.IsCompleted && (_sends[rank] == 0 || Mpi.IsDone(ref _sends[rank])))
                    _sends[rank] = Mpi.StartSend(null, 0, rank, Mpi.SignTag);

                return true;
            }
            catch (MpiException)
            {
                return false;
            }
        }
    }
}
