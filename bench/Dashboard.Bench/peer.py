"""The peer of bench/train: the same gqa model, batch, optimiser and threads in PyTorch eager.

Protocol on standard input and output: one line of JSON with the sizes, then for each line "N" it trains N steps and answers with N step times in
milliseconds, separated by spaces. The environment (BLAS kernel, threads, huge pages) is set by the caller.
"""
import json
import math
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class Layer(nn.Module):
    def __init__(self, s):
        super().__init__()
        d, self.heads, self.kv = s["width"], s["heads"], s["kvHeads"]
        self.dh = d // self.heads
        self.norm1, self.norm2 = RmsNorm(d), RmsNorm(d)
        self.qkv = nn.Linear(d, (self.heads + 2 * self.kv) * self.dh, bias=False)
        self.o = nn.Linear(d, d, bias=False)
        self.gate_up = nn.Linear(d, 2 * s["ffn"], bias=False)
        self.down = nn.Linear(s["ffn"], d, bias=False)

    def rotate(self, x, cos, sin):
        a, b = x.chunk(2, -1)
        return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)

    def forward(self, x, cos, sin, mask):
        b, t, d = x.shape
        qkv = self.qkv(self.norm1(x)).view(b, t, self.heads + 2 * self.kv, self.dh).transpose(1, 2)
        q, k, v = qkv.split((self.heads, self.kv, self.kv), 1)
        q, k = self.rotate(q, cos, sin), self.rotate(k, cos, sin)
        group = self.heads // self.kv
        q = (q / math.sqrt(self.dh)).reshape(b * self.kv, group * t, self.dh)
        k, v = k.reshape(b * self.kv, t, self.dh), v.reshape(b * self.kv, t, self.dh)
        scores = torch.bmm(q, k.transpose(1, 2)).view(b * self.kv, group, t, t) + mask
        mixed = torch.bmm(scores.softmax(-1).view(b * self.kv, group * t, t), v)
        x = x + self.o(mixed.view(b, self.heads, t, self.dh).transpose(1, 2).reshape(b, t, d))
        gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


class Model(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.embed = nn.Embedding(s["vocabulary"], s["width"])
        self.layers = nn.ModuleList(Layer(s) for _ in range(s["layers"]))
        self.norm = RmsNorm(s["width"])
        self.head = nn.Linear(s["width"], s["vocabulary"], bias=False)
        t, dh = s["contextLength"], s["width"] // s["heads"]
        angles = torch.arange(t)[:, None] * 10000.0 ** (-torch.arange(0, dh, 2) / dh)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())
        self.register_buffer("mask", torch.full((t, t), -math.inf).triu(1))

    def forward(self, ids, targets):
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x, self.cos, self.sin, self.mask)
        return F.cross_entropy(self.head(self.norm(x)).flatten(0, 1), targets.flatten())


def main():
    s = json.loads(sys.stdin.readline())
    torch.set_num_threads(s["threads"])
    torch.manual_seed(0)
    model = Model(s)
    for p in model.parameters():
        if p.ndim > 1:
            nn.init.normal_(p, 0, 0.02)
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.95))
    shape = (s["batchSize"], s["contextLength"])
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            ids, targets = torch.randint(s["vocabulary"], shape), torch.randint(s["vocabulary"], shape)
            began = time.perf_counter()
            loss = model(ids, targets)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            loss.item()
            times.append((time.perf_counter() - began) * 1000)
        print(" ".join(f"{t:.3f}" for t in times), flush=True)


main()
