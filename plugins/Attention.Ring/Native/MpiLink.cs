using Attention.Ring.Processes;
using Spud;

namespace Attention.Ring.Native;

/// <summary>Ranks are the processes of an MPI job.</summary>
internal sealed class MpiLink : IRankLink
{
    private const int SignsPerTimeout = 4;

    // Held during calls of MPI: rank 0 makes them on two threads.
    private static readonly Lock s_calls = new();
    private static readonly Lock s_gate = new();
    private static bool s_isTaken, s_isBroken;
    private static SignsOfLife? s_signs;
    private readonly TimeSpan _timeout;

    private MpiLink(int rank, int ranks, TimeSpan timeout) => (Rank, Ranks, Machine, _timeout) = (rank, ranks, Mpi.MachineName(), timeout);

    public int Rank { get; }

    public int Ranks { get; }

    public string Machine { get; }

    /// <summary>Joins the job that started this process. A process can do that once.</summary>
    /// <param name="options">Options of the decorator.</param>
    /// <param name="library">The library's file.</param>
    /// <exception cref="RefusedException">There is no such job, or MPI is missing.</exception>
    public static MpiLink Open(RingOptions options, string library = Mpi.Library)
    {
        const string How = "mpirun --bind-to none -n 2 spud run -p pipeline.json \"…\"";
        if (!Mpi.TryLoad(library))
            throw new RefusedException($"transport 'mpi' needs Open MPI 4 ({library}), which this machine does not have. Install it: ./spud setup ring (Debian: apt-get install openmpi-bin). Or use transport 'threads'.");
        if (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is null)
            throw new RefusedException($"with transport 'mpi', ranks are processes that mpirun starts, but this process was started without it. Start it so: {How}. Or use transport 'threads'.");

        lock (s_gate)
        {
            if (s_isTaken)
                throw new RefusedException("a process can have one ring over MPI in its lifetime, and this one has had it. Start the program again, or use transport 'threads'.");

            s_isTaken = true;
        }

        try
        {
            return Start(options, How);
        }
        catch (MpiException fault)
        {
            throw new RefusedException($"{fault.Message}. Start the ranks with: {How}");
        }
    }

    public unsafe void Send(int to, ReadOnlySpan<byte> message, TimeSpan? patience)
    {
        try
        {
            fixed (byte* bytes = message)
            {
                nint request;
                lock (s_calls)
                    request = Mpi.StartSend(bytes, message.Length, to);
                Complete(request, to, patience);
            }
        }
        catch (MpiException fault)
        {
            throw Broken($"{fault.Message}.");
        }
    }

    public unsafe void Receive(int from, NativeBuffer message, TimeSpan? patience)
    {
        try
        {
            TakeSigns(from);
            RankWait wait = new();
            int? length;
            while ((length = Arrived(from)) is null)
                Pause(ref wait, from, patience);

            message.Resize(length.Value);
            nint request;
            lock (s_calls)
                request = Mpi.StartReceive((byte*)message.Address, length.Value, from);
            Complete(request, from, patience);
        }
        catch (MpiException fault)
        {
            throw Broken($"{fault.Message}.");
        }
    }

    /// <summary>The process stays in the job until it ends.</summary>
    public void Dispose()
    {
    }

    private static MpiLink Start(RingOptions options, string how)
    {
        int code = 0, provided = 0;
        TimeSpan patience = TimeSpan.FromSeconds(options.TimeoutSeconds);
        Thread starter = new(() => code = Mpi.Init(0, 0, Mpi.Serialized, out provided)) { IsBackground = true, Name = "MPI" };
        starter.Start();
        if (!starter.Join(patience))
            throw new RefusedException($"MPI did not start within {options.TimeoutSeconds} seconds: another rank of the job has not started. All ranks need the same command: {how}");

        Mpi.Check(code);
        if (provided < Mpi.Serialized)
            throw new RefusedException("this Open MPI was built without support for threads.");

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Leave(patience);
        Mpi.ReturnErrors();
        Mpi.Check(Mpi.Rank(Mpi.World, out int rank));
        Mpi.Check(Mpi.Size(Mpi.World, out int size));
        MpiLink link = new(rank, size, patience);
        if (options.Ranks is { } ranks && ranks != size)
            throw new RefusedException($"ranks is {ranks}, but mpirun started {size} {(size == 1 ? "process" : "processes")}: mpirun -n {ranks} …, or leave 'ranks' out.");

        if (rank == 0)
        {
            s_signs = new(size, patience / SignsPerTimeout, s_calls);
            s_signs.Start();
        }

        return link;
    }

    private static int? Arrived(int from)
    {
        lock (s_calls)
            return Mpi.Arrived(from);
    }

    private void Complete(nint request, int other, TimeSpan? patience)
    {
        RankWait wait = new();
        while (!IsDone(ref request))
            Pause(ref wait, other, patience);
    }

    private static bool IsDone(ref nint request)
    {
        lock (s_calls)
            return Mpi.IsDone(ref request);
    }

    /// <summary>
    /// Leaves the job when the process ends. That waits for all other ranks, and for ever if one is lost: known to be, or killed since it last answered
    /// where mpirun does not end the job (--enable-recovery). mpirun reports such a rank itself.
    /// </summary>
    private static void Leave(TimeSpan patience)
    {
        s_signs?.Stop();
        if (s_isBroken)
            return;

        Thread leaver = new(EndMpi) { IsBackground = true, Name = "MPI" };
        leaver.Start();
        _ = leaver.Join(patience);
    }

    private static void EndMpi()
    {
        lock (s_calls)
            _ = Mpi.Finalize();
    }

    private static RankLostException Broken(string reason)
    {
        s_isBroken = true;
        return new(reason);
    }

    private void Pause(ref RankWait wait, int other, TimeSpan? patience)
    {
        wait.Pause();
        if (wait.IsLong && TakeSigns(other))
            wait.Restart();
        if (wait.Waited > (patience ?? _timeout))
            throw Broken($"it has {(other == 0 ? "given no sign of life" : "not answered")} for {(patience ?? _timeout).TotalSeconds:N0} seconds (timeoutSeconds).");
    }

    /// <summary>Takes the signs of life that have come since the last time; only rank 0 gives any.</summary>
    /// <returns>Whether there were any.</returns>
    private static unsafe bool TakeSigns(int from)
    {
        if (from != 0)
            return false;

        bool any = false;
        lock (s_calls)
        {
            for (; Mpi.Arrived(from, Mpi.SignTag) is not null; any = true)
            {
                nint request = Mpi.StartReceive(null, 0, from, Mpi.SignTag);
                while (!Mpi.IsDone(ref request))
                {
                    // An empty message that has arrived is there as a whole.
                }
            }
        }

        return any;
    }
}
