import { MemoryStore } from '../../src/mapping/memory-store.ts';
import { runStoreContract } from './contract.ts';

runStoreContract('MemoryStore', () => new MemoryStore());
