using Crossbench.Bench;

return args switch
{
    ["train", .. var rest] => TrainBench.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Benchmarks: train [--quick] [--json] [--threads N] [--vocabulary N]");
    return 2;
}
